package main

import (
	"fmt"
	"regexp"
	"strings"

	"quietline/desk"
)

// A partnerTable is one [[partner]]: somebody to whom a person can be referred with their yes.
type partnerTable struct {
	ID   string `toml:"id" need:"yes" say:"A short name for files and pages: 1 to 20 small letters and digits."`
	Name string `toml:"name" need:"yes" say:"What people read when they are asked for their yes: the organisation's name. At most 80 bytes."`
	Does string `toml:"does" say:"What they do, for advisers. At most 300 bytes."`
	Key  string `toml:"key" need:"yes" say:"Their public key, age1…, as quietline sheet keygen or age-keygen printed it at theirs. Have it read out to you by telephone."`
}

var partnerID = regexp.MustCompile(`^[a-z0-9]{1,20}$`)

// maxPartners is how many there may be.
const maxPartners = 50

// partnerFaults checks [[partner]] and record_key.
func (c *config) partnerFaults() []fault {
	var out []fault
	fail := func(mend string, key ...string) { out = append(out, fault{key, mend}) }
	if c.RecordKey != "" {
		if err := desk.CheckKey(c.RecordKey); err != nil {
			fail(err.Error(), "record_key")
		}
	}
	if len(c.Partners) > maxPartners {
		fail(fmt.Sprintf("there are %d: at most %d", len(c.Partners), maxPartners), "partner")
	}
	seen := map[string]bool{}
	for i, p := range c.Partners {
		at := "the " + ordinal(i+1) + " [[partner]]: "
		for key, value := range map[string]string{"id": p.ID, "name": p.Name, "key": p.Key} {
			if value == "" {
				fail(at+"is missing: "+sayOf("partner."+key), "partner", key)
			}
		}
		switch {
		case p.ID == "":
		case !partnerID.MatchString(p.ID):
			fail(at+"is 1 to 20 small letters and digits, such as \"house1\"", "partner", "id")
		case seen[p.ID]:
			fail(fmt.Sprintf("%sthere is %q already: give each its own", at, p.ID), "partner", "id")
		}
		seen[p.ID] = true
		if p.Name != "" && strings.TrimSpace(p.Name) == "" || len(p.Name) > 80 || hasControl(p.Name) {
			fail(at+"is 1 to 80 bytes on one line", "partner", "name")
		}
		if len(p.Does) > 300 || hasControl(p.Does) {
			fail(at+"is at most 300 bytes on one line", "partner", "does")
		}
		if p.Key == "" {
			continue
		}
		if err := desk.CheckKey(p.Key); err != nil {
			fail(at+err.Error(), "partner", "key")
		}
	}
	return out
}

// partners are those of the configuration, for the desk.
func (c *config) partners() []desk.Partner {
	var out []desk.Partner
	for _, p := range c.Partners {
		out = append(out, desk.Partner{ID: p.ID, Name: p.Name, Does: p.Does, Key: p.Key})
	}
	return out
}
