package attribute

import (
	"bytes"
	"math/big"
	"strconv"
	"strings"
)

// Num is a number of up to 38 significant digits between ±1e-130 and ±9.99…e125, or zero.
//
// Its bytes are the exponent and the digits in base 100, such that a value has one form only. The first
// byte is the exponent and the sign; the others are a pair of digits each, without zero pairs at either end:
//
//	positive   0x80 + exponent + 64,  pair + 1, …
//	zero       0x80
//	negative   0x7f - exponent - 64,  0xff - (pair + 1), …
//
// where the value is 0.(pair)(pair)… × 100^exponent and the exponent goes from -64 to 63. The smallest positive
// exponent shares its byte with zero, which has no pairs and so comes before. AppendOrdered ends it so
// that it sorts as bytes among other parts of a key.
type Num []byte

const (
	maxDigits   = 38
	maxExponent = 125  // of the first digit, in base 10
	minExponent = -130 // of the first digit
	zeroByte    = 0x80
	bias        = 64
)

// Error is a value that DynamoDB refuses: the message of a ValidationException.
type Error struct{ Message string }

// Error implements error.
func (e *Error) Error() string { return e.Message }

var (
	errOverflow  = &Error{"Number overflow. Attempting to store a number with magnitude larger than supported range"}
	errUnderflow = &Error{"Number underflow. Attempting to store a number with magnitude smaller than supported range"}
	errNoNumber  = &Error{"The parameter cannot be converted to a numeric value"}
	errPrecision = &Error{"Attempting to store more than 38 significant digits in a Number"}
)

// ParseNumber reads a number as DynamoDB takes it: an optional sign, digits with an optional point, an optional exponent.
func ParseNumber[T ~string | ~[]byte](s T) (Num, error) {
	var buf [maxDigits]byte
	neg, digits, exp, err := decimal(s, buf[:0])
	if err != nil {
		return nil, err
	}
	return encode(neg, digits, exp)
}

// decimal splits s into its significant digits (0 to 9, none for zero, no zero at either end) appended to buf, and the
// exponent of the first: the value is d.ddd × 10^exp.
func decimal[T ~string | ~[]byte](s T, buf []byte) (neg bool, digits []byte, exp int, err error) {
	bad := func() (bool, []byte, int, error) {
		if len(s) == 0 {
			return false, nil, 0, errNoNumber
		}
		return false, nil, 0, &Error{errNoNumber.Message + ": " + string(s)}
	}
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		neg = s[i] == '-'
		i++
	}
	var (
		seen, point bool
		intDigits   int // significant digits and zeros before the point, from the first significant one
		leadZeros   int // zeros after the point before the first significant digit
		zeros       int // zeros that count only if another digit follows
		tooMany     bool
	)
	digits = buf
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		seen = true
		switch {
		case c == '0' && len(digits) == 0:
			if point {
				leadZeros++
			}
			continue
		case c == '0':
			zeros++
		default:
			if len(digits)+zeros >= maxDigits {
				tooMany = true
			} else {
				for ; zeros > 0; zeros-- {
					digits = append(digits, 0)
				}
				digits = append(digits, c-'0')
			}
		}
		if !point {
			intDigits++
		}
	}
	if !seen {
		return bad()
	}
	e10 := 0
	if i < len(s) {
		if s[i] != 'e' && s[i] != 'E' || i+1 == len(s) {
			return bad()
		}
		n, err := strconv.Atoi(string(s[i+1:]))
		if err != nil {
			if ne, ok := err.(*strconv.NumError); !ok || ne.Err != strconv.ErrRange {
				return bad()
			}
			n = max(-1<<30, min(n, 1<<30))
		}
		e10 = max(-1<<30, min(n, 1<<30))
	}
	if len(digits) == 0 {
		return false, nil, 0, nil
	}
	if intDigits > 0 {
		exp = e10 + intDigits - 1
	} else {
		exp = e10 - leadZeros - 1
	}
	switch {
	case exp > maxExponent:
		err = errOverflow
	case exp < minExponent:
		err = errUnderflow
	case tooMany:
		err = errPrecision
	}
	return neg, digits, exp, err
}

// encode makes the Num of significant digits d.ddd × 10^exp.
func encode(neg bool, digits []byte, exp int) (Num, error) {
	if len(digits) == 0 {
		return Num{zeroByte}, nil
	}
	e := (exp + 2) >> 1 // rounds down: the exponent of 0.(pair)… in base 100
	n := make(Num, 1, 1+(len(digits)+2)/2)
	n[0] = byte(zeroByte + e + bias)
	i := 0
	if exp&1 == 0 { // the first pair has one digit
		n = append(n, digits[0]+1)
		i = 1
	}
	for ; i < len(digits); i += 2 {
		pair := digits[i] * 10
		if i+1 < len(digits) {
			pair += digits[i+1]
		}
		n = append(n, pair+1)
	}
	if neg {
		n.negate()
	}
	return n, nil
}

// negate turns a number that is not zero into its negative.
func (n Num) negate() {
	for i := range n {
		n[i] = ^n[i]
	}
}

func (n Num) isZero() bool { return len(n) == 1 }

// Negative says whether n is less than zero.
func (n Num) Negative() bool { return n[0] < zeroByte }

// digits returns the sign, the significant digits and the exponent of the first, as decimal does.
func (n Num) digits(buf []byte) (neg bool, digits []byte, exp int) {
	if n.isZero() {
		return false, nil, 0
	}
	neg = n.Negative()
	at := func(i int) byte {
		if neg {
			return ^n[i]
		}
		return n[i]
	}
	exp = (int(at(0))-zeroByte-bias)*2 - 1
	digits = buf
	for i := 1; i < len(n); i++ {
		pair := at(i) - 1
		if i == 1 && pair < 10 {
			exp--
			digits = append(digits, pair)
			continue
		}
		digits = append(digits, pair/10, pair%10)
	}
	if digits[len(digits)-1] == 0 {
		digits = digits[:len(digits)-1]
	}
	return neg, digits, exp
}

// Compare orders numbers by value.
func (n Num) Compare(m Num) int {
	if n.Negative() && m.Negative() {
		// Of two negatives with the same first pairs, the longer one is the smaller.
		short := min(len(n), len(m))
		if c := bytes.Compare(n[:short], m[:short]); c != 0 {
			return c
		}
		return len(m) - len(n)
	}
	return bytes.Compare(n, m)
}

// Size returns the bytes that DynamoDB counts: one for each pair of digits (pairs start at the decimal point), one more,
// and one more for the sign of a negative.
func (n Num) Size() int {
	if n.Negative() {
		return len(n) + 1
	}
	return len(n)
}

// AppendOrdered appends a form of n that sorts as bytes, whatever is appended after it.
func (n Num) AppendOrdered(dst []byte) []byte {
	dst = append(dst, n...)
	if n.Negative() {
		return append(dst, 0xff)
	}
	return append(dst, 0)
}

// Append appends the number as DynamoDB prints it: digits and a point, never an exponent, no zeros that mean nothing.
func (n Num) Append(dst []byte) []byte {
	var buf [maxDigits + 2]byte
	neg, digits, exp := n.digits(buf[:0])
	if len(digits) == 0 {
		return append(dst, '0')
	}
	if neg {
		dst = append(dst, '-')
	}
	if exp < 0 {
		dst = append(dst, '0', '.')
		for range -exp - 1 {
			dst = append(dst, '0')
		}
	}
	for i, d := range digits {
		if i == exp+1 && exp >= 0 {
			dst = append(dst, '.')
		}
		dst = append(dst, '0'+d)
	}
	for range exp + 1 - len(digits) {
		dst = append(dst, '0')
	}
	return dst
}

// String returns the number as Append prints it.
func (n Num) String() string { return string(n.Append(nil)) }

// Int64 returns the number as an integer, if it is one that fits.
func (n Num) Int64() (int64, bool) {
	i, err := strconv.ParseInt(n.String(), 10, 64)
	return i, err == nil
}

// Floor returns the largest integer that is not over n, if n is not negative and the integer fits.
func (n Num) Floor() (int64, bool) {
	const most = 9 // pairs that always fit
	pairs := int(n[0]) - zeroByte - bias
	switch {
	case n.Negative() || pairs > most:
		return 0, false
	case n.isZero():
		return 0, true
	}
	var i int64
	for p := 1; p <= pairs; p++ {
		i *= 100
		if p < len(n) {
			i += int64(n[p] - 1)
		}
	}
	return i, true
}

// Add returns n + m, or the error that the sum is out of range or has too many digits: nothing is rounded.
func (n Num) Add(m Num) (Num, error) { return n.arithmetic(m, (*big.Int).Add) }

// Sub returns n - m, as Add does.
func (n Num) Sub(m Num) (Num, error) { return n.arithmetic(m, (*big.Int).Sub) }

func (n Num) arithmetic(m Num, op func(z, x, y *big.Int) *big.Int) (Num, error) {
	x, xe := n.integer()
	y, ye := m.integer()
	ten := big.NewInt(10)
	shift := min(xe, ye)
	x.Mul(x, new(big.Int).Exp(ten, big.NewInt(int64(xe-shift)), nil))
	y.Mul(y, new(big.Int).Exp(ten, big.NewInt(int64(ye-shift)), nil))
	text := op(new(big.Int), x, y).String()
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	return ParseNumber(sign + text + "e" + strconv.Itoa(shift))
}

// integer returns n as i × 10^exp.
func (n Num) integer() (i *big.Int, exp int) {
	var buf [maxDigits + 2]byte
	neg, digits, first := n.digits(buf[:0])
	for j := range digits {
		digits[j] += '0'
	}
	i = new(big.Int)
	if len(digits) > 0 {
		i.SetString(string(digits), 10)
	}
	if neg {
		i.Neg(i)
	}
	return i, first - max(len(digits)-1, 0)
}
