package partiql

import (
	"sort"
	"strings"
)

// reserved are the words that no name may be without quotes: those of SQL-92 and of PartiQL. Words that PartiQL knows as
// types of Ion (list, string, …) are names here.
var reserved = strings.Fields(`
absolute action add all allocate alter and any are as asc assertion at authorization avg begin between bit bit_length by
cascade cascaded case cast catalog char char_length character character_length check close coalesce collate collation column
commit connect connection constraint constraints continue convert corresponding count create cross current current_date
current_time current_timestamp current_user cursor date deallocate dec decimal declare default deferrable deferred delete desc
describe descriptor diagnostics disconnect distinct domain double drop else end escape except exception exec execute exists
external extract false fetch first float for foreign found from full get global go goto grant group having identity immediate
in indicator initially inner input insensitive insert int integer intersect interval into is isolation join key language last
left level like limit local lower match max min missing module names national natural nchar next no not null nullif numeric
octet_length of on only open option or order outer output overlaps pad partial pivot position precision prepare preserve
primary prior privileges procedure public read real references relative remove restrict revoke right rollback rows schema
scroll section select session session_user set size smallint some space sql sqlcode sqlerror sqlstate substring sum
system_user table temporary then time timestamp to trailing transaction translate translation trim true tuple union unique
unknown unpivot update upper usage user using value values varchar varying view when whenever where with work write zone`)

func isReserved(lower string) bool {
	i := sort.SearchStrings(reserved, lower)
	return i < len(reserved) && reserved[i] == lower
}

// infix are the words that are operators: where a term should start they are unexpected operators, not keywords.
var infix = map[string]bool{"and": true, "or": true, "is": true, "in": true, "like": true, "between": true, "union": true,
	"intersect": true, "except": true}

// typeNames are the types that IS takes; "" is one that DynamoDB does not have.
var typeNames = map[string]string{
	"missing": "MISSING", "null": "NULL", "bool": "BOOL", "boolean": "BOOL", "string": "S", "blob": "B", "numeric": "N", "decimal": "N",
	"dec": "N", "int": "N", "integer": "N", "float": "N", "struct": "M", "tuple": "M", "list": "L",
	"smallint": "", "int2": "", "int4": "", "int8": "", "integer2": "", "integer4": "", "integer8": "", "bigint": "", "real": "",
	"double": "", "character": "", "char": "", "varchar": "", "timestamp": "", "date": "", "time": "", "symbol": "", "clob": "",
	"sexp": "", "bag": "", "any": "",
}
