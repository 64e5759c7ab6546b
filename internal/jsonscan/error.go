package jsonscan

import "strings"

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

// The errors for a value of one kind where another is expected, in AWS's words.

// Mismatch is the error where a list or a scalar is expected. Want is the Java type that AWS names: List, String,
// Boolean, Integer, Long, Double, Date, ByteBuffer.
func (s *Scanner) Mismatch(want string) error {
	switch got := s.Peek(); {
	case got == Invalid:
		return errSyntax
	case got == Object:
		return &Error{Message: "Start of structure or map found where not expected"}
	case want == "List":
		return &Error{Message: "Unexpected field type"}
	case got == Array && want == "ByteBuffer":
		return &Error{Message: "Unrecognized collection type class java.nio.ByteBuffer"}
	case got == Array:
		return &Error{Message: "Unrecognized collection type class java.lang." + want}
	case want == "ByteBuffer":
		return &Error{Message: "only base-64-encoded strings are convertible to bytes"}
	case want == "Boolean" && got == String:
		return &Error{Message: "Unexpected token received from parser"}
	default:
		return &Error{Message: s.valueName(got) + " cannot be converted to " + want}
	}
}

// Class is the Java class of a structure of AWS's model.
func Class(shape string) string { return "com.amazonaws.dynamodb.v20120810." + shape }

// MismatchMember is the error where a member of a structure is expected to be the structure shape.
func (s *Scanner) MismatchMember(shape string) error {
	switch s.Peek() {
	case Invalid:
		return errSyntax
	case Array:
		return &Error{Message: "Unrecognized collection type class " + Class(shape)}
	}
	return &Error{Message: "Unexpected field type"}
}

// MismatchStruct is the error where an element of a list or a map is expected to be the structure shape.
func (s *Scanner) MismatchStruct(shape string) error {
	switch s.Peek() {
	case Invalid:
		return errSyntax
	case Array:
		return &Error{Message: "Unrecognized collection type class " + Class(shape)}
	}
	return &Error{Message: "Unexpected value type in payload"}
}

// MismatchMap is the error where a map to values of a Java type is expected.
func (s *Scanner) MismatchMap(elem string) error {
	switch s.Peek() {
	case Invalid:
		return errSyntax
	case Array:
		return &Error{Message: "Unrecognized collection type java.util.Map<java.lang.String, " + elem + ">"}
	}
	return &Error{Message: "Unexpected field type"}
}

// Boolean reads true or false, which may also be written as a string, in a few words of any case.
func (s *Scanner) Boolean() (bool, error) {
	switch s.Peek() {
	case True:
		return true, s.Literal()
	case False:
		return false, s.Literal()
	case String:
		at := *s
		text, err := s.Text()
		if err != nil {
			return false, err
		}
		switch strings.ToLower(string(text)) {
		case "true", "yes", "1":
			return true, nil
		case "false", "no", "0":
			return false, nil
		}
		*s = at
	}
	return false, s.Mismatch("Boolean")
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
