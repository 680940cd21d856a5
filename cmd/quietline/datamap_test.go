package main

import (
	"reflect"
	"testing"

	"quietline/bot"
	"quietline/line"
)

// TestS10_EveryFieldHasItsPurposeAndLifetime: what `quietline datamap` prints has no empty column, and no struct that is
// stored inside another is left out.
func TestS10_EveryFieldHasItsPurposeAndLifetime(t *testing.T) {
	all := append(bot.Stored(), line.Stored()...)
	listed := map[reflect.Type]bool{}
	for _, s := range all {
		typ := reflect.TypeOf(s)
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		listed[typ] = true
	}
	for typ := range listed {
		for _, f := range stored(typ) {
			if f.why == "" || f.long == "" {
				t.Errorf("%s says why %q, how long %q", f.name, f.why, f.long)
			}
		}
		for i := range typ.NumField() {
			f := typ.Field(i).Type
			for f.Kind() == reflect.Slice || f.Kind() == reflect.Pointer || f.Kind() == reflect.Map {
				f = f.Elem()
			}
			if f.Kind() == reflect.Struct && f.String() != "time.Time" && !listed[f] {
				t.Errorf("%s stores a %s, which is not on the list", typ, f)
			}
		}
	}
}
