package store

import (
	"testing"
)

// laws hold for both databases. Each gets an address of an empty one.
var laws = []struct {
	name string
	hold func(t *testing.T, fresh func(t testing.TB) string)
}{
	{"a run is found again as it was recorded", runIsRecorded},
	{"runs are listed newest first and by filter", runsAreListed},
	{"runs keep their order when the clock stands still or goes back", runsFollowOneAnother},
	{"a run is found by the beginning of its id", runIsFoundByPrefix},
	{"a run ends once", runEndsOnce},
	{"the journal keeps entries as they were intended", journalKeepsEntries},
	{"outcomes settle the items they name", outcomesSettle},
	{"a call is intended whole or not at all", callIsIntendedWhole},
	{"goroutines share a run", goroutinesShareARun},
	{"a process killed amid a call leaves open entries", crashLeavesOpenEntries},
	{"journal and items agree with maps", memoryAgreesWithMaps},
	{"items are replaced whole", itemsAreReplaced},
	{"items are found in other backlogs", itemsAreFoundElsewhere},
	{"what is no text is kept as text", textIsKept},
	{"old runs are pruned, but for what is remembered nowhere else", oldRunsArePruned},
	{"evidence adds up to the last count", evidenceAddsUp},
	{"evidence is dated by its coming", evidenceIsDated},
	{"evidence is counted once by two processes", evidenceIsCountedOnce},
	{"evidence goes with the item, pins with the backlog", forgottenWithTheItem},
	{"items are kept as they are, but for their places", itemsAreKept},
	{"what is kept is good for its scope and its time", keptForItsTime},
	{"what is kept is replaced at once", keptIsReplaced},
	{"to keep costs what has changed", keepingCostsWhatChanged},
	{"without a cursor nothing is kept", unkeptIsNone},
	{"pins are kept until they are taken away", pinsAreKept},
	{"a lease has one holder", leaseHasOneHolder},
	{"one of many who ask at once gets the lease", oneOfManyGetsTheLease},
	{"who lost the lease writes nothing", loserWritesNothing},
	{"a budget never grants too much", budgetNeverOver},
	{"a budget grants after the wait it tells", budgetKeepsItsWord},
	{"a service that asks for rest gets it", budgetRests},
	{"three processes share a budget", processesShareABudget},
	{"four processes migrate at once", processesMigrateAtOnce},
	{"a database of a later version is refused", laterVersionIsRefused},
	{"a migration that fails is taken back", failedMigrationIsTakenBack},
	{"a context that is done is told as such", doneContextIsTold},
}

func TestMemory(t *testing.T) {
	for _, db := range databases(t, false) {
		t.Run(db.name, func(t *testing.T) {
			for _, law := range laws {
				t.Run(law.name, func(t *testing.T) { law.hold(t, db.fresh) })
			}
		})
	}
}
