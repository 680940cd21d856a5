package bot

import (
	"reflect"
	"testing"
)

// A number that two fields share would silently seal neither of them.
func TestS10_EverySealedFieldHasItsOwnNumber(t *testing.T) {
	for _, v := range Stored() {
		numbers := map[string]string{}
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			f := typ.Field(i)
			tag := f.Tag.Get("cbor")
			if other, taken := numbers[number(tag)]; taken || tag == "" {
				t.Errorf("%s.%s has the number of %s: %q", typ.Name(), f.Name, other, tag)
			}
			numbers[number(tag)] = f.Name
		}
	}
}

func number(tag string) string {
	for i, r := range tag {
		if r == ',' {
			return tag[:i]
		}
	}
	return tag
}
