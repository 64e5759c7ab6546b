package keyspace

import (
	"bytes"
	"slices"
	"testing"
)

func TestTransferKeys(t *testing.T) {
	in := func(key []byte) func(start, end []byte) bool {
		return func(start, end []byte) bool { return bytes.Compare(key, start) >= 0 && bytes.Compare(key, end) < 0 }
	}
	for _, d := range []Direction{Export, Import} {
		key := Transfer(d, "111122223333", "eu-west-1", "a\x00b", "01693685827463-2d8752fd")
		got, account, region, table, id, ok := ParseTransfer(key)
		if !ok || got != d || account != "111122223333" || region != "eu-west-1" || table != "a\x00b" || id != "01693685827463-2d8752fd" {
			t.Errorf("%c %q %q %q %q %v", got, account, region, table, id, ok)
		}
		within := in(key)
		if !within(Transfers(d, "", "", "")) || !within(Transfers(d, "111122223333", "eu-west-1", "")) || !within(Transfers(d, "111122223333", "eu-west-1", "a\x00b")) {
			t.Error("not in its ranges")
		}
		if within(Transfers(d, "111122223333", "eu-west-1", "a")) || within(Transfers(d, "111122223333", "eu-west", "")) || within(Transfers(d^Export^Import, "", "", "")) ||
			within(PendingTransfers()) || within(TransferTokens()) || within(TransferFiles("01693685827463-2d8752fd")) {
			t.Error("in another's range")
		}
	}
	files := [][]byte{TransferFile("id", 0), TransferFile("id", 255), TransferFile("id", 256), TransferFile("id", 70000)}
	if !slices.IsSortedFunc(files, bytes.Compare) {
		t.Error("files are not in the order of their numbers")
	}
	for _, f := range files {
		if !in(f)(TransferFiles("id")) || in(f)(TransferFiles("i")) {
			t.Errorf("%q", f)
		}
	}
	if p := PendingTransfer("id"); !in(p)(PendingTransfers()) || in(p)(TransferTokens()) {
		t.Errorf("%q", p)
	}
	if k := TransferToken("1", "r", "t"); !in(k)(TransferTokens()) || in(k)(PendingTransfers()) || bytes.Equal(k, TransferToken("1", "rt", "")) {
		t.Errorf("%q", k)
	}
	for _, bad := range [][]byte{nil, {'o'}, {'o', 'e'}, {'o', 'e', 'x'}, files[0], PendingTransfer("id"), []byte("q d")} {
		if _, _, _, _, _, ok := ParseTransfer(bad); ok {
			t.Errorf("%q is a key", bad)
		}
	}
}
