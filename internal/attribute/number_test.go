package attribute

import (
	"bytes"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumberForms(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"0", "0"}, {"-0", "0"}, {"0.000", "0"}, {"0e500", "0"}, {"1", "1"}, {"+1", "1"}, {"-1", "-1"}, {"10", "10"}, {"100", "100"},
		{"0.1", "0.1"}, {".5", "0.5"}, {"5.", "5"}, {"1.50", "1.5"}, {"001.500", "1.5"}, {"-0.001", "-0.001"}, {"123.456", "123.456"},
		{"1e3", "1000"}, {"1E-3", "0.001"}, {"12.5e+1", "125"}, {"99999999999999999999999999999999999999", "99999999999999999999999999999999999999"},
		{"1e125", "1" + strings.Repeat("0", 125)}, {"1e-130", "0." + strings.Repeat("0", 129) + "1"},
		{"1000000000000000000000000000000000000000000", "1000000000000000000000000000000000000000000"},
		{"", "The parameter cannot be converted to a numeric value"},
		{"abc", "The parameter cannot be converted to a numeric value: abc"},
		{"1e", "The parameter cannot be converted to a numeric value: 1e"},
		{"1x", "The parameter cannot be converted to a numeric value: 1x"},
		{" 1", "The parameter cannot be converted to a numeric value:  1"},
		{"NaN", "The parameter cannot be converted to a numeric value: NaN"},
		{"--1", "The parameter cannot be converted to a numeric value: --1"},
		{".", "The parameter cannot be converted to a numeric value: ."},
		{"1e126", errOverflow.Message}, {"-1e126", errOverflow.Message}, {"1e99999999999999999999", errOverflow.Message},
		{"1e-131", errUnderflow.Message}, {"1e-99999999999999999999", errUnderflow.Message},
		{"123456789012345678901234567890123456789", errPrecision.Message},
		{"1.00000000000000000000000000000000000001", errPrecision.Message},
		{"1.0000000000000000000000000000000000000", "1"},
	} {
		got := ""
		if n, err := ParseNumber(c.in); err != nil {
			got = err.Error()
		} else {
			got = n.String()
		}
		if got != c.want {
			t.Errorf("%q: got %s, want %s", c.in, got, c.want)
		}
	}
}

func TestNumberSize(t *testing.T) {
	for in, want := range map[string]int{"0": 1, "1": 2, "10": 2, "100": 2, "12": 2, "123": 3, "1234": 3, "12.34": 3, "1.2": 3, "-1": 3, "-123": 4, "0.01": 2,
		"99999999999999999999999999999999999999": 20} {
		n, err := ParseNumber(in)
		if err != nil || n.Size() != want {
			t.Errorf("%s: size %d (%v), want %d", in, n.Size(), err, want)
		}
	}
}

// genNumber draws the text of a number in range.
func genNumber(t *rapid.T) string {
	digits := rapid.StringMatching(`[1-9][0-9]{0,37}`).Draw(t, "digits")
	exp := rapid.IntRange(-130+len(digits)-1, 125-len(digits)+1).Draw(t, "exp")
	sign := rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign")
	return fmt.Sprintf("%s%se%d", sign, digits, exp)
}

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

func TestNumberAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs, ys := genNumber(t), genNumber(t)
		if rapid.Bool().Draw(t, "same") {
			ys = xs
		}
		x, err := ParseNumber(xs)
		if err != nil {
			t.Fatal(err)
		}
		y, err := ParseNumber(ys)
		if err != nil {
			t.Fatal(err)
		}
		if rat(x.String()).Cmp(rat(xs)) != 0 {
			t.Fatalf("%s printed as %s", xs, x)
		}
		want := rat(xs).Cmp(rat(ys))
		if got := x.Compare(y); got != want && (got < 0) != (want < 0) {
			t.Fatalf("%s against %s: %d", xs, ys, got)
		}
		tail := rapid.SliceOfN(rapid.Byte(), 0, 3)
		a := append(x.AppendOrdered(nil), tail.Draw(t, "a")...)
		b := append(y.AppendOrdered(nil), tail.Draw(t, "b")...)
		if want != 0 && bytes.Compare(a, b) != want {
			t.Fatalf("%s against %s: ordered forms %x %x", xs, ys, a, b)
		}
		n, rest, ok := cutOrdered(a)
		if !ok || !bytes.Equal(n, x) || len(rest) != len(a)-len(x)-1 {
			t.Fatalf("%s: cut %x into %x and %x", xs, a, n, rest)
		}
		if sum, err := x.Add(y); err == nil {
			if exact := new(big.Rat).Add(rat(xs), rat(ys)); exact.Cmp(rat(sum.String())) != 0 {
				t.Fatalf("%s + %s = %s", xs, ys, sum)
			}
		}
		if zero, err := x.Sub(x); err != nil || zero.String() != "0" {
			t.Fatalf("%s - itself = %v (%v)", xs, zero, err)
		}
	})
}

func TestFloor(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "0.99": 0, "1e-130": 0, "1": 1, "1.5": 1, "9.999": 9, "10": 10, "100": 100, "100.01": 100, "1645119622": 1645119622,
		"1.645119622e9": 1645119622, "16451196225e-1": 1645119622, "1645119622.999999999999": 1645119622, "2000000000": 2000000000,
		"999999999999999999": 999999999999999999, "999999999999999999.9": 999999999999999999,
	} {
		n, err := ParseNumber(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := n.Floor(); !ok || got != want {
			t.Errorf("the floor of %s is %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"-1", "-0.5", "-1e-130", "-1e125", "1e18", "9e125"} {
		n, err := ParseNumber(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := n.Floor(); ok {
			t.Errorf("the floor of %s is %d", text, got)
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"0", "-1.5e10", "1e-130", ".", "1e+", "000.000100"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseNumber(s)
		if err != nil {
			return
		}
		again, err := ParseNumber(n.String())
		if err != nil || !bytes.Equal(n, again) {
			t.Fatalf("%q became %s, and that %v (%v)", s, n, again, err)
		}
	})
}

// cutOrdered splits the number that AppendOrdered wrote from what follows it; ok is false if there is none.
func cutOrdered(b []byte) (n Num, rest []byte, ok bool) {
	if len(b) == 0 {
		return nil, nil, false
	}
	end := byte(0)
	if b[0] < zeroByte {
		end = 0xff
	}
	i := bytes.IndexByte(b[1:], end)
	if i < 0 {
		return nil, nil, false
	}
	return Num(b[:1+i]), b[2+i:], true
}
