package directory

import "strings"

// kindOrder is every kind of service, in the order in which a person sees them.
var kindOrder = []string{"trafficking_hotline", "domestic_violence", "child_helpline", crisisLine, "labour", "migrant", "legal", "health", "embassy", "other", "emergency", "police"}

// needsOf is the one table from a row's kind to the needs that it serves. A need that no kind serves gives all the
// lines of a country, because somebody there knows whom to ask next.
var needsOf = map[string][]string{
	"trafficking_hotline": {"housing", "safety", "support", "care", "legal", "papers", "basics"},
	"domestic_violence":   {"housing", "safety", "support", "care"},
	"child_helpline":      {"safety", "support", "care"},
	crisisLine:            {"care"},
	"labour":              {"legal", "basics"},
	"migrant":             {"support", "legal", "papers", "basics"},
	"legal":               {"legal", "papers"},
	"health":              {"care", "medical"},
	"embassy":             {"papers"},
	"other":               {"support"},
	"emergency":           {"safety", "medical"},
	"police":              {"safety"},
}

// crisisLine is the kind of a line for people who think of dying: first among the lines for care, whoever else has them.
const crisisLine = "crisis_line"

// silentCall is the topic of how to call an emergency number without speaking. It is no right: Country.Silent has it.
const silentCall = "silent_call"

// topicOrder is every topic of a right; what a person can have or refuse stands before what a law is called.
var topicOrder = []string{silentCall, "consent_needed_to_refer", "non_punishment", "reflection_period", "residence_permit", "legal_aid", "compensation", "identification_route", "national_law"}

// isoCodes are ISO 3166-1 alpha-2, and XK, the user-assigned code for Kosovo.
var isoCodes = codeSet(`AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF
GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW
KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL
NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST
SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK`)

func codeSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, c := range strings.Fields(list) {
		set[c] = true
	}
	return set
}

// ValidCountry says whether cc, in upper case, is an ISO 3166-1 alpha-2 code or XK. The directory may know nothing of
// a valid country.
func ValidCountry(cc string) bool { return isoCodes[cc] }
