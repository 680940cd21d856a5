package line

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Code is what is printed on a placement, in its one written form: seven characters, upper case, no hyphen. Two
// letters name the country (ISO 3166-1 alpha-2), four Crockford digits the placement, the last one checks the six.
type Code string

// ErrCode is returned for anything that is not a code with the right check character.
var ErrCode = errors.New("not a code")

// crockford are the 32 digits in the order of their values. I, L, O and U are not among them.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeTail is how many random digits a code has: 1,048,576 codes a country.
const codeTail = 4

// ParseCode reads a code as people type it: any case, with hyphens, and after the country with O for 0 and I or L for
// 1. It returns ErrCode when the form or the check character is wrong. It says nothing about whether the code is in use
// or whether there is such a country.
func ParseCode(s string) (Code, error) {
	if len(s) > 32 {
		return "", ErrCode
	}
	var b [2 + codeTail + 1]byte
	n := 0
	for i := range len(s) {
		c := s[i]
		if c == '-' {
			continue
		}
		if n == len(b) {
			return "", ErrCode
		}
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if n < 2 {
			if c < 'A' || c > 'Z' {
				return "", ErrCode
			}
		} else {
			switch c {
			case 'O':
				c = '0'
			case 'I', 'L':
				c = '1'
			}
			if strings.IndexByte(crockford, c) < 0 {
				return "", ErrCode
			}
		}
		b[n] = c
		n++
	}
	if n != len(b) || b[n-1] != check(b[:n-1]) {
		return "", ErrCode
	}
	return Code(b[:]), nil
}

// NewCode makes a code of a country (two letters A–Z, either case) from r; nil reads crypto/rand. It may be in use.
func NewCode(r io.Reader, country string) (Code, error) {
	country = strings.ToUpper(country)
	if !isCountry(country) {
		return "", fmt.Errorf("a code needs a country of two letters like GB: %w", ErrCode)
	}
	if r == nil {
		r = rand.Reader
	}
	var tail [codeTail]byte
	if _, err := io.ReadFull(r, tail[:]); err != nil {
		return "", fmt.Errorf("making a code: %w", err)
	}
	b := []byte(country)
	for _, v := range tail {
		b = append(b, crockford[v%32])
	}
	return Code(append(b, check(b))), nil
}

// Country returns the two letters a code starts with, in upper case; empty for the empty code.
func (c Code) Country() string {
	if len(c) < 2 {
		return ""
	}
	return string(c[:2])
}

// String returns the written form, GB7K2MZ, as it stands in an address and in a printed QR code.
func (c Code) String() string { return string(c) }

// Display returns the code with hyphens for reading and typing: GB-7K2M-Z.
func (c Code) Display() string {
	if len(c) != 2+codeTail+1 {
		return string(c)
	}
	return string(c[:2] + "-" + c[2:2+codeTail] + "-" + c[2+codeTail:])
}

// check returns the Luhn-mod-32 character over a code's first six, which must be valid. A country letter counts A=0 …
// Z=25, the rest by their Crockford value; doubling starts at the rightmost.
func check(six []byte) byte {
	sum := 0
	for i := range six {
		var v int
		if i < 2 {
			v = int(six[i] - 'A')
		} else {
			v = strings.IndexByte(crockford, six[i])
		}
		if (len(six)-i)%2 == 1 {
			v *= 2
			v = v/32 + v%32
		}
		sum += v
	}
	return crockford[(32-sum%32)%32]
}

func isCountry(s string) bool {
	return len(s) == 2 && 'A' <= s[0] && s[0] <= 'Z' && 'A' <= s[1] && s[1] <= 'Z'
}
