package desk

import (
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"quietline/bot"
	"quietline/line"
)

// referring is a house with a partner and a key for records, and both secret keys.
func referring(t *testing.T, change ...func(*bot.Config)) (h *house, theirs, own *age.X25519Identity) {
	t.Helper()
	theirs, err := age.GenerateX25519Identity()
	ok(t, err)
	own, err = age.GenerateX25519Identity()
	ok(t, err)
	h = newHouseWith(t, line.Options{AlwaysOn: true}, change...)
	for _, k := range []struct {
		id  string
		key *age.X25519Identity
	}{{"house1", theirs}, {"other", own}} {
		to, err := readKey(k.key.Recipient().String())
		ok(t, err)
		h.desk.partners = append(h.desk.partners, partner{Partner{ID: k.id, Name: "The Garden House", Does: "Beds", Key: k.key.Recipient().String()}, to})
	}
	h.desk.record, err = readKey(own.Recipient().String())
	ok(t, err)
	return h, theirs, own
}

// S6: a sheet is made with the person's yes to this one referral and to no other, is sealed to the partner alone, and leaves
// nothing here but that it happened.
func TestS6_AReferralSheet(t *testing.T) {
	h, theirs, own := referring(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	handle := ana.handedTo(id)
	const canary = "canary of the sheet"
	fill := url.Values{"partner": {"house1"}, "act": {"1"}, "needs": {"a bed, " + canary}, "contact": {"by post"}}

	c.post("/c/"+handle+"/sheet", fill).is(http.StatusConflict).says("does not stand")
	page := c.get("/c/"+handle+"/refer").is(http.StatusOK).says("The Garden House", "not asked yet")
	ask := url.Values{"partner": {"house1"}, "nonce": {page.find(`name="nonce" value="([^"]+)"`)}, "what": {"that you need a bed"}, "why": {"so that they keep one"}, "till": {"Friday"}}
	short := url.Values{"partner": {"house1"}, "nonce": {"n"}, "what": {"that you need a bed"}, "why": {""}, "till": {"Friday"}}
	c.post("/c/"+handle+"/refer", short).is(http.StatusUnprocessableEntity).says("that you need a bed", "each on one line")
	c.post("/c/"+handle+"/refer", ask).is(http.StatusSeeOther)
	ana.sees("The Garden House")
	c.post("/c/"+handle+"/sheet", fill).is(http.StatusConflict)
	ana.taps("yes")
	c.get("/c/"+handle+"/refer").is(http.StatusOK).says("yes, to this only", "Lock it and download")

	other := url.Values{"partner": {"other"}, "act": {"1"}, "needs": {canary}}
	c.post("/c/"+handle+"/sheet", other).is(http.StatusConflict).says("does not stand")
	stranger, _ := h.signedIn("adviser-2", line.Adviser)
	stranger.post("/c/"+handle+"/sheet", fill).is(http.StatusConflict)

	file := c.post("/c/"+handle+"/sheet", fill).is(http.StatusOK)
	if !strings.HasPrefix(file.body, "-----BEGIN AGE ENCRYPTED FILE-----") || strings.Contains(file.body, canary) {
		t.Fatalf("the file is %q", file.body)
	}
	text, err := OpenSheet(strings.NewReader(file.body), strings.NewReader(theirs.String()))
	ok(t, err)
	for _, want := range []string{canary, "by post", "so that they keep one", "Friday", "The Garden House"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the sheet: %s", want, text)
		}
	}
	if _, err := OpenSheet(strings.NewReader(file.body), strings.NewReader(own.String())); err == nil {
		t.Error("another key opens it")
	}

	// What it said is nowhere here; that it happened is in the audit.
	until(t, "the audit has it", func() bool {
		log, err := h.line.AuditLog(t.Context())
		ok(t, err)
		return slices.ContainsFunc(log, func(e line.Entry) bool {
			return e.Act == line.ActShare && e.Handle == handle && e.Actor == id && e.Note == line.NoteAgreed
		})
	})
	if strings.Contains(h.log.String(), canary) || strings.Contains(c.get("/c/"+handle+"/log").body, canary) {
		t.Error("the sheet is in the log or in the conversation")
	}
	ok(t, filepath.WalkDir(h.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), canary) {
			t.Errorf("the sheet is in %s", filepath.Base(path))
		}
		return err
	}))

	long := url.Values{"partner": {"house1"}, "act": {"1"}, "needs": {strings.Repeat("é", 460)}}
	c.post("/c/"+handle+"/sheet", long).is(http.StatusUnprocessableEntity)
	for _, bad := range []url.Values{{"partner": {"nobody"}, "act": {"1"}}, {"partner": {"house1"}, "act": {"x"}}, {}} {
		c.post("/c/"+handle+"/sheet", bad).is(http.StatusUnprocessableEntity)
	}
}

// A record that the law asks for needs no yes; the person is told at once.
func TestARecordIsTold(t *testing.T) {
	h, _, own := referring(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	ana := h.person("ana", "en")
	handle := ana.handedTo(id)
	file := c.post("/c/"+handle+"/sheet", url.Values{"record": {"1"}, "nonce": {"n1"}, "situation": {"told of a child"}}).is(http.StatusOK)
	text, err := OpenSheet(strings.NewReader(file.body), strings.NewReader(own.String()))
	ok(t, err)
	if !strings.Contains(text, "told of a child") {
		t.Errorf("it says %s", text)
	}
	told, err := h.desk.in("en").cat.Text("en", bot.RecordID, nil)
	ok(t, err)
	ana.sees(told)
	h.desk.record = nil
	c.post("/c/"+handle+"/sheet", url.Values{"record": {"1"}, "nonce": {"n2"}}).is(http.StatusUnprocessableEntity)
}

// No partners, no page to them.
func TestNoPartners(t *testing.T) {
	h := newHouse(t)
	c, id := h.signedIn("adviser-1", line.Adviser)
	handle := h.person("ana", "en").handedTo(id)
	c.get("/c/" + handle).is(http.StatusOK).lacks("/refer")
	c.get("/c/" + handle + "/refer").is(http.StatusOK).says("name no partner")
}
