package flows

import (
	"maps"
	"slices"
)

// A cond is a set of conditions, one bit each.
type cond uint64

// The conditions a branch may ask about: the Facts, then what the state itself knows.
const (
	condLanguage cond = 1 << iota
	condCountry
	condOnDuty
	condQueued
	condHeld
	condWords
	condDurable
	condWeb
	condPending
	condShift
	condOpen
	condMine
	condWanted
	condMissed
	condWho
	condNeeds
	condShare
	condLimited
	condTrace
	condClears
	condReady
	condAsked
	condZone
	condEnded
	condBrief
	condChild
	condHappening
	condHurt
	condHarm
	condChildTrained
	condAgreed
	condMore
	condComplained
	condOutside
	condUnheard
	condChildBusy
	condFull
)

var conds = map[string]cond{
	"language": condLanguage, "country": condCountry, "onduty": condOnDuty, "queued": condQueued, "held": condHeld,
	"words": condWords, "durable": condDurable, "web": condWeb, "pending": condPending, "shift": condShift,
	"open": condOpen, "mine": condMine, "wanted": condWanted, "missed": condMissed,
	"who": condWho, "needs": condNeeds, "share": condShare,
	"limited": condLimited, "trace": condTrace, "clears": condClears, "ready": condReady, "asked": condAsked, "zone": condZone, "ended": condEnded, "brief": condBrief,
	"child": condChild, "happening": condHappening, "hurt": condHurt, "harm": condHarm, "childtrained": condChildTrained, "agreed": condAgreed, "more": condMore, "childbusy": condChildBusy, "full": condFull, "complained": condComplained, "outside": condOutside, "unheard": condUnheard,
}

// condNames are all condition names, sorted.
func condNames() []string { return slices.Sorted(maps.Keys(conds)) }

// bits is the set of named conditions; Parse has refused unknown names.
func bits(names []string) cond {
	var c cond
	for _, n := range names {
		c |= conds[n]
	}
	return c
}

// holds are the conditions that hold now.
func holds(s *State, f *Facts) cond {
	var c cond
	put := func(b bool, bit cond) {
		if b {
			c |= bit
		}
	}
	put(f.Language, condLanguage)
	put(f.Country, condCountry)
	put(f.OnDuty, condOnDuty)
	put(f.Queued, condQueued)
	put(f.Held, condHeld)
	put(f.Words, condWords)
	put(f.Durable, condDurable)
	put(f.Web, condWeb)
	put(f.Pending, condPending)
	put(f.Shift, condShift)
	put(s.Open, condOpen)
	put(mine(s, f), condMine)
	put(s.Person, condWanted)
	put(s.Missed, condMissed)
	put(s.Answers.Who != "", condWho)
	put(len(s.Answers.Needs) > 0, condNeeds)
	put(s.Answers.Share != "", condShare)
	put(f.Limited, condLimited)
	put(f.Clears, condClears)
	put(s.Answers.Trace != "", condTrace)
	put(s.Answers.Ready != "", condReady)
	put(f.Asked, condAsked)
	put(f.Zone, condZone)
	put(f.Ended, condEnded)
	put(f.Brief, condBrief)
	put(s.Answers.Age == "child", condChild)
	put(len(s.Answers.Happening) > 0, condHappening)
	put(len(s.Answers.Flags) > 0, condHurt)
	put(s.Harm, condHarm)
	put(f.ChildTrained, condChildTrained)
	put(f.ChildBusy, condChildBusy)
	put(f.Full, condFull)
	put(f.Agreed && mine(s, f), condAgreed)
	put(f.More && mine(s, f), condMore)
	put(f.Complained && mine(s, f), condComplained)
	put(f.Outside, condOutside)
	put(f.Unheard, condUnheard)
	return c
}

// mine says whether what came before may be shown to whoever holds the phone now: the number or chat is not the person
// (S12), so once return words are set only they prove it.
func mine(s *State, f *Facts) bool { return !f.Words || s.Known }
