package partiql

import (
	"sort"
	"strings"
)

// reserved are the words that no name may be without quotes: DynamoDB Local refuses them.
var reserved = strings.Fields(`
absolute action add all allocate alter and any are as asc assertion at authorization avg bag begin between bit bit_length
blob bool boolean by cascade cascaded case cast catalog char char_length character character_length check clob close
coalesce collate collation column commit conflict connect connection constraint constraints continue convert corresponding
count create cross current current_date current_time current_timestamp current_user cursor date deallocate dec decimal
declare default deferrable deferred delete desc describe descriptor diagnostics disconnect distinct do domain double drop
else end escape except exception exec execute exists external extract false fetch first float for foreign found from full
get global go goto grant group having identity immediate in index indicator initially inner input insensitive insert int
integer intersect interval into is isolation join key language last left let level like limit list local lower match max min
missing modified module names national natural nchar next no not nothing null nullif numeric octet_length of old on only
open option or order outer output overlaps pad partial pivot position precision prepare preserve primary prior privileges
procedure public read real references relative remove restrict returning revoke right rollback rows schema scroll section
select session session_user set sexp size smallint some space sql sqlcode sqlerror sqlstate string struct substring sum
symbol system_user table temporary then time timestamp to transaction translate translation trim true tuple union unique
unknown unpivot update upper usage user using value values varchar varying view when whenever where with work write zone`)

func isReserved(lower string) bool {
	i := sort.SearchStrings(reserved, lower)
	return i < len(reserved) && reserved[i] == lower
}

// aggregates are the functions of PartiQL over many items, which DynamoDB does not have.
var aggregates = map[string]bool{"avg": true, "count": true, "max": true, "min": true, "sum": true}

// typeNames are the types that IS takes, and the kinds of values that they are.
var typeNames = map[string]string{"missing": "MISSING", "null": "NULL", "bool": "BOOL", "boolean": "BOOL", "string": "S", "blob": "B",
	"numeric": "N", "struct": "M", "tuple": "M", "list": "L"}

// otherTypes are those of PartiQL that IS does not take, and their names in messages.
var otherTypes = map[string]string{"smallint": "SMALLINT", "int": "INTEGER", "integer": "INTEGER", "dec": "DECIMAL", "decimal": "DECIMAL",
	"float": "FLOAT", "real": "REAL", "char": "CHARACTER", "character": "CHARACTER", "varchar": "CHARACTER_VARYING", "date": "DATE",
	"time": "TIME", "timestamp": "TIMESTAMP", "symbol": "SYMBOL", "clob": "CLOB", "sexp": "SEXP", "bag": "BAG"}

// infix are the operators that are words: none of them is the name of a function.
var infix = map[string]bool{"and": true, "or": true, "is": true, "in": true, "like": true, "between": true, "union": true,
	"intersect": true, "except": true}
