package jsonscan

// Error says why a body can't be read. AWS gives no message for what is not JSON at all.
type Error struct {
	// Message is for the client, "" where AWS gives none.
	Message string
	detail  string
}

// Error implements error.
func (e *Error) Error() string {
	if e.Message != "" {
		return e.Message
	}
	return e.detail
}

// The errors are one value each: they carry no position, since AWS's answers have none.
var (
	errSyntax error = &Error{detail: "malformed JSON"}
	errUTF8   error = &Error{detail: "invalid UTF-8 in a JSON string"}
	errDepth  error = &Error{detail: "JSON nested too deeply"}
)

// Mismatch is the error for a value of one kind where another is expected, in AWS's words. Want is the Java
// type that AWS names: String, Boolean, Integer, Long, Double, ByteBuffer; "List" and "Map" for collections.
func (s *Scanner) Mismatch(want string) error {
	got := s.Peek()
	switch {
	case got == Invalid:
		return errSyntax
	case got == Object:
		return &Error{Message: "Start of structure or map found where not expected."}
	case got == Array && want == "Map":
		return &Error{Message: "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>"}
	case got == Array && want == "ByteBuffer":
		return &Error{Message: "Unrecognized collection type class java.nio.ByteBuffer"}
	case got == Array:
		return &Error{Message: "Unrecognized collection type class java.lang." + want}
	case want == "List" || want == "Map":
		return &Error{Message: "Unexpected field type"}
	case want == "Boolean" && got == String:
		return &Error{Message: "Unexpected token received from parser"}
	case want == "ByteBuffer":
		return &Error{Message: "only base-64-encoded strings are convertible to bytes"}
	}
	return &Error{Message: s.valueName(got) + " cannot be converted to " + want}
}

func (s *Scanner) valueName(k Kind) string {
	switch k {
	case True:
		return "TRUE_VALUE"
	case False:
		return "FALSE_VALUE"
	case String:
		return "STRING_VALUE"
	}
	at := *s
	digits, _ := at.Digits()
	for _, c := range digits {
		if c == '.' || c == 'e' || c == 'E' {
			return "DECIMAL_VALUE"
		}
	}
	return "NUMBER_VALUE"
}
