package trellosim

// route is one operation of the API. The pattern's parameters are called as in
// the published description.
type route struct {
	pattern string
	serve   func(*world, *request) (any, error)
}

// table lists every operation that the simulator knows.
func table() []route {
	return []route{
		{"GET /1/boards/{id}", (*world).getBoard},
		{"GET /1/boards/{id}/cards", (*world).getBoardCards},
		{"GET /1/boards/{id}/cards/{filter}", (*world).getBoardCardsFiltered},
		{"GET /1/boards/{id}/lists", (*world).getBoardLists},
		{"GET /1/boards/{id}/lists/{filter}", (*world).getBoardLists},
		{"GET /1/boards/{id}/labels", (*world).getBoardLabels},
		{"GET /1/boards/{id}/customFields", (*world).getBoardFields},
		{"GET /1/boards/{id}/members", (*world).getBoardMembers},
		{"GET /1/boards/{id}/memberships", (*world).getMemberships},
		{"GET /1/boards/{boardId}/actions", (*world).getBoardActions},
		{"GET /1/lists/{id}", (*world).getList},
		{"GET /1/lists/{id}/cards", (*world).getListCards},
		{"GET /1/lists/{id}/actions", (*world).getListActions},
		{"GET /1/cards/{id}", (*world).getCard},
		{"GET /1/cards/{id}/actions", (*world).getCardActions},
	}
}
