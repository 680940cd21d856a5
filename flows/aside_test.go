package flows_test

import (
	"reflect"
	"slices"
	"testing"

	"quietline/flows"
)

// What an adviser asks for stays where it belongs: at its own question, in this sitting, with this person.
func TestS6_TheAdvisersQuestion(t *testing.T) {
	b := shipped(t)
	f := flows.Facts{Language: true, Country: true, Held: true}
	s := flows.State{Flow: "consent", Step: "ask", Open: true}
	if !b.Aside(s) {
		t.Error("the question does not stand")
	}
	if s.Open = false; b.Aside(s) {
		t.Error("the question stands with no sitting open")
	}
	s.Open = true
	for _, odd := range []string{"", "maybe", "keep"} {
		after, es := flows.Next(b, s, flows.Event{Kind: flows.Chose, Choice: odd, Facts: f})
		if len(es) > 0 || !reflect.DeepEqual(after, s) {
			t.Errorf("%q is an answer: %+v", odd, es)
		}
	}
}

// The answers to the self-report are gone from the state once it is decided who sees them.
func TestS10_TheSelfReportLeavesTheState(t *testing.T) {
	b := shipped(t)
	s := flows.State{Flow: "outcomes", Step: "shown", Open: true, Answers: flows.Answers{Outcomes: []string{"housing=low", "care=good"}}}
	for choice, want := range map[string]flows.Effect{"yes": {Do: flows.SendOutcomes, Arg: "housing=low care=good"}, "no": {Do: flows.DropOutcomes}} {
		after, es := flows.Next(b, s, flows.Event{Kind: flows.Chose, Choice: choice, Facts: flows.Facts{Held: true}})
		i := slices.IndexFunc(es, func(e flows.Effect) bool { return e.Do == want.Do && e.Arg == want.Arg })
		if i < 0 || len(after.Answers.Outcomes) > 0 {
			t.Errorf("%s: %+v, then %+v", choice, es, after.Answers)
		}
	}
	if len(s.Answers.Outcomes) != 2 {
		t.Error("Next changed what it was given")
	}
	s.Flow, s.Step = "handoff", "taken"
	after, _ := flows.Next(b, s, flows.Event{Kind: flows.Report, Facts: flows.Facts{Held: true}})
	if len(after.Answers.Outcomes) > 0 {
		t.Error("an earlier self-report is there when the next begins")
	}
}

// A yes to what an adviser may see was given for what was there: what is tapped after it is shown again first.
func TestS5_WhatIsTappedLaterIsNotSharedUnseen(t *testing.T) {
	b := shipped(t)
	for share, want := range map[string]string{"all": "", "none": "none", "": ""} {
		s := flows.State{Flow: "happening", Step: "start", Open: true, Answers: flows.Answers{Share: share}}
		f := flows.Facts{Language: true, Country: true, Queued: true}
		after, _ := flows.Next(b, s, flows.Event{Kind: flows.Chose, Choice: "debt", Facts: f})
		if after.Answers.Share != want {
			t.Errorf("after a yes to %q the adviser may see %q", share, after.Answers.Share)
		}
		if _, es := flows.Next(b, after, flows.Event{Kind: flows.Chose, Choice: "done", Facts: f}); !has(es, flows.Summary) {
			t.Errorf("the summary is not shown again: %+v", es)
		}
	}
}

// A complaint's thirty days are its own: how long the conversation is kept is not decided by it.
func TestS10_AComplaintsTimeIsItsOwn(t *testing.T) {
	s := flows.State{Flow: "complaint", Step: "keep", Open: true, Answers: flows.Answers{Keep: "now"}}
	after, es := flows.Next(shipped(t), s, flows.Event{Kind: flows.Chose, Choice: "yes"})
	if after.Answers.Keep != "now" || !slices.ContainsFunc(es, func(e flows.Effect) bool { return e.Do == flows.KeepFor && e.Arg == "30d" }) {
		t.Errorf("%+v, then %+v", es, after.Answers)
	}
}

// What was agreed to or complained about is not shown to whoever holds the phone without the return words.
func TestS12_NothingAgreedIsShownToOthers(t *testing.T) {
	b := shipped(t)
	f := flows.Facts{Language: true, Country: true, Agreed: true, Complained: true, Words: true}
	for _, known := range []bool{false, true} {
		s := flows.State{Flow: "check", Step: "more", Open: true, Known: known}
		s, _ = flows.Next(b, s, flows.Event{Kind: flows.Chose, Choice: "rest", Facts: f})
		if (s.Step == "rest_agreed") != known {
			t.Errorf("known %v: stands at %s", known, s.Step)
		}
		_, es := flows.Next(b, s, flows.Event{Kind: flows.Chose, Choice: "complaint", Facts: f})
		if there := slices.ContainsFunc(es, func(e flows.Effect) bool { return e.ID == "complaint.there" }); there != known {
			t.Errorf("known %v: a complaint that is there is said %v", known, there)
		}
	}
}

// Words about hurting oneself are not forgotten when words of danger follow before the sitting opens.
func TestS3_SelfHarmThenDanger(t *testing.T) {
	ana := newPerson(t, shipped(t))
	ana.Event(flows.SelfHarm, "")
	ana.Event(flows.Danger, "")
	ana.Says("1")
	ana.Hears("hurt.selfharm", "hurt.already", "hurt.listen", "hurt.person")
	ana.Says("0")
	ana.Event(flows.SelfHarm, "")
	ana.Event(flows.Silence, "") // whoever writes next may be somebody else
	ana.Taps("hi", "1")
	ana.Hears("check.danger")
	ana.Event(flows.Duress, "")
	ana.Event(flows.SelfHarm, "")
	ana.Sees("card:short")
	ana.Hears("check.cover")
}
