package line

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quietline/store/bolt"
)

func TestAnAdviserEnrolsSignsInAndSignsOut(t *testing.T) {
	ctx, clock := t.Context(), monday()
	l := openLine(t, openStore(t, t.TempDir()), Options{Now: clock.Now, Issuer: "Garden club"})
	id, token, err := l.Invite(ctx, "", " Adviser-1 ", Adviser, []string{"en", "ar"})
	if err != nil {
		t.Fatal(err)
	}
	if who, ok := l.Invited(token); !ok || who.ID != id || who.Name != "Adviser-1" || who.Enrolled {
		t.Fatalf("the link is for %+v, %v", who, ok)
	}
	for _, short := range []string{"", "eleven char", "ADVISER-1", strings.Repeat("x", 201), "not\xffutf8 at all"} {
		if _, err := l.Enrol(ctx, token, short); !errors.Is(err, ErrPassword) {
			t.Errorf("the password %q: %v", short, err)
		}
	}
	first, err := l.Enrol(ctx, token, "the first password")
	if err != nil {
		t.Fatal(err)
	}
	e, err := l.Enrol(ctx, token, password) // the page was loaded again
	if err != nil || e.Secret == first.Secret || len(e.Recovery) != 10 {
		t.Fatalf("%+v, %v", e, err)
	}
	u, err := url.Parse(e.URI)
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Garden club:Adviser-1" || u.Query().Get("secret") != e.Secret || u.Query().Get("issuer") != "Garden club" {
		t.Errorf("%s: %v", e.URI, err)
	}
	if _, _, err := l.SignIn(ctx, "adviser-1", password, code(t, e.Secret, clock.Now())); !errors.Is(err, ErrSignIn) {
		t.Fatalf("signing in before the enrolment is confirmed: %v", err)
	}
	if _, err := l.Confirm(ctx, token, "000000"); !errors.Is(err, ErrSignIn) {
		t.Fatalf("a wrong first code: %v", err)
	}
	clock.Move(time.Minute)
	s, err := l.Confirm(ctx, token, code(t, e.Secret, clock.Now()))
	if err != nil {
		t.Fatal(err)
	}
	if who, ok := l.Session(s); !ok || who.ID != id || !who.Enrolled || who.Role != Adviser {
		t.Fatalf("signed in as %+v, %v", who, ok)
	}
	if _, err := l.Confirm(ctx, token, code(t, e.Secret, clock.Now())); !errors.Is(err, ErrToken) {
		t.Errorf("the enrolment link once more: %v", err)
	}
	if err := l.SignOut(ctx, s); err != nil {
		t.Fatal(err)
	}
	if _, ok := l.Session(s); ok {
		t.Error("signed out, and still in")
	}
	if err := l.SignOut(ctx, s); err != nil {
		t.Errorf("signing out twice: %v", err)
	}

	clock.Move(time.Minute)
	typed := code(t, e.Secret, clock.Now())
	s, who, err := l.SignIn(ctx, "ADVISER-1", password, typed[:3]+" "+typed[3:])
	if err != nil || who.ID != id {
		t.Fatalf("signing in: %+v, %v", who, err)
	}
	if who, ok := l.Session(s); !ok || !slices.Equal(who.Languages, []string{"en", "ar"}) {
		t.Fatalf("signed in as %+v, %v", who, ok)
	}

	// Somebody who saw the code over the adviser's shoulder comes too late, now and after a restart of the phone.
	if _, _, err := l.SignIn(ctx, "adviser-1", password, typed); !errors.Is(err, ErrSignIn) {
		t.Errorf("the same code twice: %v", err)
	}
	clock.Move(2 * time.Second)
	if _, _, err := l.SignIn(ctx, "adviser-1", password, code(t, e.Secret, clock.Now().Add(-30*time.Second))); !errors.Is(err, ErrSignIn) {
		t.Errorf("the code before: %v", err)
	}

	clock.Move(time.Minute)
	spare := strings.ToLower(e.Recovery[3])
	if _, _, err := l.SignIn(ctx, "adviser-1", password, spare); err != nil {
		t.Fatalf("a recovery code: %v", err)
	}
	if _, _, err := l.SignIn(ctx, "adviser-1", password, spare); !errors.Is(err, ErrSignIn) {
		t.Errorf("a recovery code twice: %v", err)
	}
	clock.Move(time.Minute)
	if _, _, err := l.SignIn(ctx, "adviser-1", password, e.Recovery[4]); err != nil {
		t.Errorf("another recovery code: %v", err)
	}
}

func TestALinkWorksOnceAndInTime(t *testing.T) {
	ctx, clock := t.Context(), monday()
	l := openLine(t, openStore(t, t.TempDir()), Options{Now: clock.Now})
	id, invite, err := l.Invite(ctx, "", "adviser-1", Lead, nil)
	if err != nil {
		t.Fatal(err)
	}
	old, err := l.OneTimeLink(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	link, err := l.OneTimeLink(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Redeem(ctx, old); !errors.Is(err, ErrToken) {
		t.Errorf("a link that was replaced: %v", err)
	}
	if _, err := l.Redeem(ctx, link); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Redeem(ctx, link); !errors.Is(err, ErrToken) {
		t.Errorf("a link once more: %v", err)
	}
	late, err := l.OneTimeLink(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	clock.Move(linkFor)
	if _, err := l.Redeem(ctx, late); !errors.Is(err, ErrToken) {
		t.Errorf("a link after 12 hours: %v", err)
	}
	if _, err := l.OneTimeLink(ctx, "nobody"); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
	clock.Move(inviteFor - linkFor)
	if _, ok := l.Invited(invite); ok {
		t.Error("an invitation is good after 24 hours")
	}
	if _, err := l.Enrol(ctx, invite, password); !errors.Is(err, ErrToken) {
		t.Error(err)
	}
	if err := l.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if who, _ := l.StaffByID(id); !who.Disabled {
		t.Error("who did not enrol in time is still let in")
	}
	clock.Move(staffFor)
	if err := l.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if who, ok := l.StaffByID(id); ok {
		t.Errorf("after 400 days %+v is still kept", who)
	}
}

func TestDisabledInOneProcessIsOutInTheOther(t *testing.T) {
	ctx, clock := t.Context(), monday()
	st := openStore(t, t.TempDir())
	one := openLine(t, st, Options{Now: clock.Now, AlwaysOn: true})
	two := openLine(t, st, Options{Now: clock.Now, AlwaysOn: true})
	id, secret, s := enrolled(t, one, "adviser-1", Adviser, "en")
	soon(t, "the session reaches the other process", func() bool { _, ok := two.Session(s); return ok })
	if err := two.GoOnDuty(ctx, s); err != nil {
		t.Fatal(err)
	}
	soon(t, "duty reaches the first process", func() bool { one.Beat(s); return one.Duty(clock.Now(), "en", "").OnDuty })
	if err := one.ChangeStaff(ctx, "", id, func(s *Staff) { s.Disabled = true }); err != nil {
		t.Fatal(err)
	}
	if _, ok := one.Session(s); ok || one.Duty(clock.Now(), "", "").Anyone {
		t.Error("disabled, and still in where it was done")
	}
	soon(t, "it reaches the other process", func() bool { _, ok := two.Session(s); return !ok })
	if two.Duty(clock.Now(), "", "").Anyone {
		t.Error("disabled, and still on duty in the other process")
	}
	clock.Move(time.Minute)
	if _, _, err := two.SignIn(ctx, "adviser-1", password, code(t, secret, clock.Now())); !errors.Is(err, ErrSignIn) {
		t.Errorf("disabled, and signing in says %v", err)
	}
	if err := one.ChangeStaff(ctx, "", id, func(s *Staff) { s.Disabled = false }); err == nil {
		t.Error("enabled again with no invitation")
	}
	// A sign-in of another process that ended a moment too late counts for nothing.
	late, err := two.newSession(ctx, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	// A new invitation brings them back as the same person, with nothing of before.
	clock.Move(time.Minute)
	newID, newSecret, _ := enrolled(t, one, "Adviser-1", Adviser, "en")
	if newID != id || newSecret == secret {
		t.Errorf("%s came back as %s", id, newID)
	}
	for _, s := range []SessionToken{s, late} {
		if _, ok := one.Session(s); ok {
			t.Error("a session of before came back")
		}
	}
	soon(t, "it reaches the other process", func() bool { s, ok := two.StaffByName("adviser-1"); return ok && s.Enrolled })
	for _, s := range []SessionToken{s, late} {
		if _, ok := two.Session(s); ok {
			t.Error("a session of before came back in the other process")
		}
	}
}

// Two processes that sign in with one code at the same moment: one is refused.
func TestACodeWorksOnceAcrossProcesses(t *testing.T) {
	ctx, clock := t.Context(), monday()
	st := openStore(t, t.TempDir())
	one := openLine(t, st, Options{Now: clock.Now})
	two := openLine(t, st, Options{Now: clock.Now})
	_, secret, _ := enrolled(t, one, "adviser-1", Adviser)
	soon(t, "staff reaches the other process", func() bool { s, _ := two.StaffByName("adviser-1"); return s.Enrolled })
	for range 5 {
		clock.Move(time.Minute)
		c := code(t, secret, clock.Now())
		errs := make(chan error, 2)
		for _, l := range []*Line{one, two} {
			go func() {
				_, _, err := l.SignIn(ctx, "adviser-1", password, c)
				errs <- err
			}()
		}
		if a, b := <-errs, <-errs; (a == nil) == (b == nil) {
			t.Fatalf("%v and %v", a, b)
		}
		clock.Move(time.Hour)
	}
}

func TestSessionsEnd(t *testing.T) {
	ctx, clock := t.Context(), monday()
	dir := t.TempDir()
	st := openStore(t, dir)
	l := openLine(t, st, Options{Now: clock.Now})
	id, s := linked(t, l, "adviser-1", Adviser)
	idle := again(t, l, id)
	for range 5 {
		clock.Move(10 * time.Minute)
		if !l.Beat(s) {
			t.Fatal("a desk that is heard from was signed out")
		}
		if err := l.tidy(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := l.Session(idle); ok {
		t.Error("50 minutes unheard, and still in")
	}
	l.mu.RLock()
	kept := len(l.sessions)
	l.mu.RUnlock()
	if kept != 1 {
		t.Errorf("%d sessions are kept, one is over", kept)
	}

	// A restart neither ends a session nor gives it new time.
	if err := errors.Join(l.Close(), st.Close()); err != nil {
		t.Fatal(err)
	}
	clock.Move(20 * time.Minute)
	st = openStore(t, dir)
	l = openLine(t, st, Options{Now: clock.Now})
	if who, ok := l.Session(s); !ok || who.ID != id {
		t.Fatal("a restart signed an adviser out")
	}
	if err := errors.Join(l.tidy(ctx), l.Close(), st.Close()); err != nil {
		t.Fatal(err)
	}
	clock.Move(30 * time.Minute)
	l = openLine(t, openStore(t, dir), Options{Now: clock.Now})
	if _, ok := l.Session(s); ok {
		t.Error("30 minutes unheard across a restart, and still in")
	}

	s = again(t, l, id)
	for range 12 * 6 {
		if !l.Beat(s) {
			t.Fatal("signed out early")
		}
		clock.Move(10 * time.Minute)
	}
	if l.Beat(s) {
		t.Error("after 12 hours still in")
	}
	if err := l.GoOnDuty(ctx, s); !errors.Is(err, ErrNoSession) {
		t.Error(err)
	}
	for _, odd := range []SessionToken{"", "x", s + "x"} {
		if _, ok := l.Session(odd); ok {
			t.Errorf("%q is a session", string(odd))
		}
	}
}

func TestNamesAreTakenOnce(t *testing.T) {
	ctx, clock := t.Context(), monday()
	l := openLine(t, openStore(t, t.TempDir()), Options{Now: clock.Now})
	id, _, _ := enrolled(t, l, "adviser-1", Adviser)
	if _, _, err := l.Invite(ctx, "", "ADVISER-1", Lead, nil); !errors.Is(err, ErrNameTaken) {
		t.Errorf("a name twice: %v", err)
	}
	for _, name := range []string{"", "  ", "a\nb", "a\u202eb", "<b>", strings.Repeat("a", 41), "\xff"} {
		if _, _, err := l.Invite(ctx, "", name, Lead, nil); err == nil {
			t.Errorf("the name %q was taken", name)
		}
	}
	if _, _, err := l.Invite(ctx, "", "adviser-2", "boss", nil); err == nil {
		t.Error("the role boss was taken")
	}
	if _, _, err := l.Invite(ctx, "", "adviser-2", Lead, []string{"all of them"}); err == nil {
		t.Error("a language that is none was taken")
	}
	first, _, err := l.Invite(ctx, "", "adviser-2", Lead, nil)
	if err != nil {
		t.Fatal(err)
	}
	second, token, err := l.Invite(ctx, "", "adviser-2", Outreach, []string{"es"}) // the first link was lost
	if err != nil || second != first {
		t.Fatalf("invited again: %s, %s, %v", first, second, err)
	}
	if who, ok := l.Invited(token); !ok || who.Role != Outreach {
		t.Errorf("%+v, %v", who, ok)
	}
	if err := l.ChangeStaff(ctx, "", id, func(s *Staff) { s.Role, s.ChildTrained, s.Languages, s.Name = Lead, true, []string{"vi"}, "other" }); err != nil {
		t.Fatal(err)
	}
	if who, _ := l.StaffByID(id); who.Role != Lead || !who.ChildTrained || who.Name != "adviser-1" || who.Languages[0] != "vi" {
		t.Errorf("%+v", who)
	}
	if err := l.ChangeStaff(ctx, "", id, func(s *Staff) { s.Role = "boss" }); err == nil {
		t.Error("changed to the role boss")
	}
	if err := l.ChangeStaff(ctx, "", "nobody", func(*Staff) {}); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
	if all := l.AllStaff(); len(all) != 2 || all[0].Name != "adviser-1" {
		t.Errorf("%+v", all)
	}
}

// The conversations' keys die; the line lives on beside them.
func TestStaffAndCodesOutliveTheConversationsKeys(t *testing.T) {
	ctx, clock, dir := t.Context(), monday(), t.TempDir()
	talk, err := bolt.Open(dir, "state", bolt.Options{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	st := openStore(t, dir)
	l := openLine(t, st, Options{Now: clock.Now})
	_, secret, _ := enrolled(t, l, "adviser-1", Adviser)
	p, err := l.AddPlacement(ctx, "", "GB", "poster")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Close(), st.Close(), talk.Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "state.keys")); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(dir, "state", bolt.Options{Memory: true}); err == nil {
		t.Error("conversations opened without their keys")
	}
	l = openLine(t, openStore(t, dir), Options{Now: clock.Now})
	clock.Move(time.Minute)
	if _, _, err := l.SignIn(ctx, "adviser-1", password, code(t, secret, clock.Now())); err != nil {
		t.Error(err)
	}
	if country, ok := l.Opens(p.Code); !ok || country != "GB" {
		t.Errorf("%s opens %q, %v", p.Code, country, ok)
	}
}
