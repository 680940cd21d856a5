package directory

import "testing"

func TestShipped(t *testing.T) {
	d, err := Load(Data(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(d.Countries()), d.Notes())
	for _, s := range d.Services("GB", "", ShowUnchecked) {
		t.Log(s.ID, s.Who, s.Hours)
	}
	c, _ := d.Country("gb")
	t.Log(c.Emergency, c.Rights)
}
