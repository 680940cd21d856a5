package check_test

import (
	"testing"

	"quietline/check"
	"quietline/directory"
	"quietline/flows"
	"quietline/locales"
)

func load(t testing.TB) check.Input {
	t.Helper()
	book, err := flows.Load(flows.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	cats, err := locales.Load(locales.Shipped(), nil)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Load(directory.Data(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return check.Input{Book: book, Catalogues: cats, Directory: dir, Languages: []string{"en"}}
}

func TestShippedBook(t *testing.T) {
	for _, f := range check.Check(load(t)) {
		t.Error(f)
	}
}
