package keyspace

import "encoding/binary"

// Direction is which way a transfer goes.
type Direction byte

// The directions.
const (
	Export Direction = 'e'
	Import Direction = 'i'
)

const (
	transferFile    = 'f'
	transferPending = 'p'
	transferToken   = 't'
)

// Transfer is the key of an export or an import.
func Transfer(d Direction, account, region, table, id string) []byte {
	return append(transfers(d, account, region, table), id...)
}

func transfers(d Direction, account, region, table string) []byte {
	key := []byte{prefixTransfer, byte(d)}
	for _, part := range []string{account, region, table} {
		if part == "" {
			break
		}
		key = appendEnded(key, part)
	}
	return key
}

// Transfers is the range of the exports or the imports of a table; of all tables of a scope if table is empty, of all scopes if
// account is.
func Transfers(d Direction, account, region, table string) (start, end []byte) {
	start = transfers(d, account, region, table)
	return start, Successor(start)
}

// ParseTransfer is the inverse of Transfer.
func ParseTransfer(key []byte) (d Direction, account, region, table, id string, ok bool) {
	if len(key) < 2 || key[0] != prefixTransfer || key[1] != byte(Export) && key[1] != byte(Import) {
		return 0, "", "", "", "", false
	}
	rest := key[2:]
	var parts [3][]byte
	for i := range parts {
		if parts[i], rest, ok = cutEnded(rest); !ok {
			return 0, "", "", "", "", false
		}
	}
	return Direction(key[1]), string(parts[0]), string(parts[1]), string(parts[2]), string(rest), true
}

// TransferFile is the key of a data file of an export, TransferFiles the range of them in the order of their numbers.
func TransferFile(id string, number int) []byte {
	return binary.BigEndian.AppendUint32(appendEnded([]byte{prefixTransfer, transferFile}, id), uint32(number))
}

// TransferFiles is the range of the data files of an export.
func TransferFiles(id string) (start, end []byte) {
	start = appendEnded([]byte{prefixTransfer, transferFile}, id)
	return start, Successor(start)
}

// PendingTransfer is the key that an unfinished transfer has, PendingTransfers the range of these.
func PendingTransfer(id string) []byte {
	return append([]byte{prefixTransfer, transferPending}, id...)
}

// PendingTransfers is the range of the unfinished transfers, in the order of their ids.
func PendingTransfers() (start, end []byte) {
	return []byte{prefixTransfer, transferPending}, []byte{prefixTransfer, transferPending + 1}
}

// TransferToken is the key of the client token of a transfer.
func TransferToken(account, region, token string) []byte {
	return append(appendEnded(appendEnded([]byte{prefixTransfer, transferToken}, account), region), token...)
}

// TransferTokens is the range of all client tokens of transfers.
func TransferTokens() (start, end []byte) {
	return []byte{prefixTransfer, transferToken}, []byte{prefixTransfer, transferToken + 1}
}
