package keyspace

import "encoding/binary"

// What a key under the prefix of backups is of.
const (
	backupDefinition = 'b'
	backupHold       = 'h'
	backupJournal    = 'j'
	backupMark       = 't'
)

// knownBackup is all of them in ascending order.
const knownBackup = "bhjt"

func backup(kind byte) []byte { return []byte{prefixBackup, kind} }

func allBackup(kind byte) (start, end []byte) { return backup(kind), backup(kind + 1) }

// Backup is the key of the definition of a backup of a table of that name.
func Backup(account, region, table, id string) []byte {
	return append(appendEnded(backupScope(account, region), table), id...)
}

func backupScope(account, region string) []byte {
	return appendEnded(appendEnded(backup(backupDefinition), account), region)
}

// Backups is the range of the definitions of backups in a scope: of one table's, or of all if table is "", and only those
// after one of an id, of a table, if after is not "".
func Backups(account, region, table, afterTable, after string) (start, end []byte) {
	start = backupScope(account, region)
	if table != "" {
		start = appendEnded(start, table)
	}
	end = Successor(start)
	if after != "" {
		start = After(Backup(account, region, afterTable, after))
	}
	return start, end
}

// AllBackups is the range of the definitions of all backups.
func AllBackups() (start, end []byte) { return allBackup(backupDefinition) }

// ParseBackup is the inverse of Backup.
func ParseBackup(key []byte) (account, region, table, id string, ok bool) {
	if len(key) < 2 || key[0] != prefixBackup || key[1] != backupDefinition {
		return "", "", "", "", false
	}
	rest := key[2:]
	var parts [3][]byte
	for i := range parts {
		if parts[i], rest, ok = cutEnded(rest); !ok {
			return "", "", "", "", false
		}
	}
	return string(parts[0]), string(parts[1]), string(parts[2]), string(rest), true
}

// Hold is the key of a hold, which keeps a moment of a table from being forgotten.
func Hold(id uint64) []byte { return binary.BigEndian.AppendUint64(backup(backupHold), id) }

// Holds is the range of all holds.
func Holds() (start, end []byte) { return allBackup(backupHold) }

// JournalMark is the key of the time that none in a journal is after.
func JournalMark() []byte { return backup(backupMark) }

// dayNanos is how long a day of a journal is. Days are those of UTC.
const dayNanos = 24 * 3600 * 1e9

// Day is the day of a time in nanoseconds since 1970.
func Day(nanos int64) uint32 { return uint32(max(nanos, 0) / dayNanos) }

// Journal is the key that says which table a journal is of. It is the first of the journal.
func Journal(id uint64) []byte { return binary.BigEndian.AppendUint64(backup(backupJournal), id) }

// JournalRange is all of a journal.
func JournalRange(id uint64) (start, end []byte) {
	start = Journal(id)
	return start, Successor(start)
}

// AllJournals is the range of all journals from that of an id on.
func AllJournals(from uint64) (start, end []byte) {
	_, end = allBackup(backupJournal)
	return Journal(from), end
}

// JournalDays is the range of what a journal has of the days from first, included, to end, excluded.
func JournalDays(id uint64, first, end uint32) (from, to []byte) {
	return journalDay(nil, id, first), journalDay(nil, id, end)
}

func journalDay(dst []byte, id uint64, day uint32) []byte {
	dst = binary.BigEndian.AppendUint64(append(dst, prefixBackup, backupJournal), id)
	return binary.BigEndian.AppendUint32(dst, day)
}

// journalHead is what the key of an image starts with: the prefix, the journal and the day.
const journalHead = 2 + 8 + 4

// itemHead is what the key of an item starts with: the prefix and the table.
const itemHead = 1 + 8

// AppendImage appends the key under which a journal keeps what the item with the key item was before a change at a time.
func AppendImage(dst []byte, journal uint64, item []byte, nanos int64) []byte {
	dst = AppendImages(dst, journal, Day(nanos), item)
	return binary.BigEndian.AppendUint64(dst, uint64(nanos))
}

// AppendImages appends what the keys of all images of an item on one day start with. In one day, these sort as the keys of the
// items do.
func AppendImages(dst []byte, journal uint64, day uint32, item []byte) []byte {
	return appendEnded(journalDay(dst, journal, day), item[itemHead:])
}

// ParseImage is the inverse of AppendImage; it needs to be told the table whose journal it is. Rest is the key without the time.
func ParseImage(key []byte, table uint64) (journal uint64, item []byte, nanos int64, rest []byte, ok bool) {
	if len(key) < journalHead || key[0] != prefixBackup || key[1] != backupJournal {
		return 0, nil, 0, nil, false
	}
	text, time, ok := cutEnded(key[journalHead:])
	if !ok || len(time) != 8 {
		return 0, nil, 0, nil, false
	}
	item = append(Items(table).append(make([]byte, 0, itemHead+len(text))), text...)
	nanos = int64(binary.BigEndian.Uint64(time))
	ok = nanos >= 0 && binary.BigEndian.Uint32(key[2+8:]) == Day(nanos)
	return binary.BigEndian.Uint64(key[2:]), item, nanos, key[:len(key)-8], ok
}

// ParseJournal is the id and the day of the journal that key is in. If image is false, key is its Journal.
func ParseJournal(key []byte) (id uint64, day uint32, image, ok bool) {
	switch {
	case len(key) < 2+8 || key[0] != prefixBackup || key[1] != backupJournal:
		return 0, 0, false, false
	case len(key) == 2+8:
		return binary.BigEndian.Uint64(key[2:]), 0, false, true
	case len(key) < journalHead:
		return 0, 0, false, false
	}
	return binary.BigEndian.Uint64(key[2:]), binary.BigEndian.Uint32(key[2+8:]), true, true
}

// MoveItem is the key that the item with the key item has in another space of items.
func MoveItem(dst []byte, to uint64, item []byte) []byte {
	return append(Items(to).append(dst), item[itemHead:]...)
}

// BackupRest calls yield for each range of keys with the prefix of backups that the map knows nothing of.
func BackupRest(yield func(start, end []byte)) {
	from := backup(0)
	for i := range len(knownBackup) {
		yield(from, backup(knownBackup[i]))
		from = backup(knownBackup[i] + 1)
	}
	_, end := only(prefixBackup)
	yield(from, end)
}

// EncodeNanos is a time in nanoseconds since 1970 as a value, DecodeNanos the inverse.
func EncodeNanos(nanos int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(nanos)) }

// DecodeNanos is the inverse of EncodeNanos.
func DecodeNanos(b []byte) (nanos int64, ok bool) {
	if len(b) != 8 {
		return 0, false
	}
	nanos = int64(binary.BigEndian.Uint64(b))
	return nanos, nanos >= 0
}
