package trellosim

import "slices"

// route is one operation of the API. The pattern's parameters are called as in
// the published description.
type route struct {
	pattern string
	serve   func(*world, *request) (any, error)
}

// table lists every operation that the simulator knows.
func table() []route {
	return slices.Concat(boardRoutes(), cardRoutes(), cardPartRoutes(), otherRoutes())
}

func boardRoutes() []route {
	return []route{
		{"POST /1/boards", (*world).createBoard},
		{"GET /1/boards/{id}", (*world).getBoard},
		{"PUT /1/boards/{id}", (*world).updateBoard},
		{"DELETE /1/boards/{id}", (*world).deleteBoard},
		{"GET /1/boards/{id}/{field}", (*world).getBoardField},
		{"GET /1/boards/{id}/cards", (*world).getBoardCards},
		{"GET /1/boards/{id}/cards/{filter}", (*world).getBoardCardsFiltered},
		{"GET /1/boards/{id}/lists", (*world).getBoardLists},
		{"GET /1/boards/{id}/lists/{filter}", (*world).getBoardLists},
		{"POST /1/boards/{id}/lists", (*world).createBoardList},
		{"GET /1/boards/{id}/labels", (*world).getBoardLabels},
		{"POST /1/boards/{id}/labels", (*world).createBoardLabel},
		{"GET /1/boards/{id}/customFields", (*world).getBoardFields},
		{"GET /1/boards/{id}/members", (*world).getBoardMembers},
		{"GET /1/boards/{id}/memberships", (*world).getMemberships},
		{"GET /1/boards/{id}/checklists", (*world).getBoardChecklists},
		{"GET /1/boards/{id}/boardPlugins", (*world).getBoardPlugins},
		{"POST /1/boards/{id}/boardPlugins", (*world).enablePlugin},
		{"GET /1/boards/{boardId}/actions", (*world).getBoardActions},
		{"POST /1/lists", (*world).createList},
		{"GET /1/lists/{id}", (*world).getList},
		{"PUT /1/lists/{id}", (*world).updateList},
		{"PUT /1/lists/{id}/{field}", (*world).updateListField},
		{"GET /1/lists/{id}/cards", (*world).getListCards},
		{"GET /1/lists/{id}/cards/{filter}", (*world).getListCardsFiltered},
		{"POST /1/lists/{id}/cards", (*world).createListCard},
		{"GET /1/lists/{id}/board", (*world).getListBoard},
		{"GET /1/lists/{id}/actions", (*world).getListActions},
		{"POST /1/lists/{id}/archiveAllCards", (*world).archiveAllCards},
		{"POST /1/lists/{id}/moveAllCards", (*world).moveAllCards},
	}
}

func cardRoutes() []route {
	return []route{
		{"POST /1/cards", (*world).createCard},
		{"GET /1/cards/{id}", (*world).getCard},
		{"PUT /1/cards/{id}", (*world).updateCard},
		{"DELETE /1/cards/{id}", (*world).deleteCard},
		{"GET /1/cards/{id}/{field}", cardPart((*world).partField)},
		{"PUT /1/cards/{id}/{field}", (*world).updateCardField},
		{"GET /1/cards/{id}/board", cardPart((*world).partBoard)},
		{"GET /1/cards/{id}/list", cardPart((*world).partList)},
		{"GET /1/cards/{id}/members", cardPart((*world).partMembers)},
		{"GET /1/cards/{id}/checkItemStates", cardPart((*world).partStates)},
		{"GET /1/cards/{id}/pluginData", cardPart((*world).partPluginData)},
		{"GET /1/cards/{id}/stickers", cardPart((*world).partStickers)},
		{"POST /1/cards/{id}/idLabels", (*world).addLabelToCard},
		{"DELETE /1/cards/{id}/idLabels/{idLabel}", (*world).removeLabelFromCard},
		{"POST /1/cards/{id}/labels", (*world).createLabelOnCard},
		{"POST /1/cards/{id}/idMembers", (*world).addMemberToCard},
		{"DELETE /1/cards/{id}/idMembers/{idMember}", (*world).removeMemberFromCard},
		{"GET /1/cards/{id}/membersVoted", cardPart((*world).partVoters)},
		{"POST /1/cards/{id}/membersVoted", (*world).vote},
		{"DELETE /1/cards/{id}/membersVoted/{idMember}", (*world).unvote},
	}
}

func cardPartRoutes() []route {
	return []route{
		{"GET /1/cards/{id}/customFieldItems", (*world).getItems},
		{"PUT /1/cards/{idCard}/customField/{idCustomField}/item", (*world).setItem},
		{"PUT /1/cards/{idCard}/customFields", (*world).setItems},
		{"GET /1/cards/{id}/actions", (*world).getCardActions},
		{"POST /1/cards/{id}/actions/comments", (*world).createComment},
		{"PUT /1/cards/{id}/actions/{idAction}/comments", (*world).updateComment},
		{"DELETE /1/cards/{id}/actions/{idAction}/comments", (*world).deleteComment},
		{"GET /1/cards/{id}/attachments", (*world).getAttachments},
		{"POST /1/cards/{id}/attachments", (*world).createAttachment},
		{"GET /1/cards/{id}/attachments/{idAttachment}", (*world).getAttachment},
		{"DELETE /1/cards/{id}/attachments/{idAttachment}", (*world).deleteAttachment},
		{"GET /1/cards/{id}/checklists", (*world).getCardChecklists},
		{"POST /1/cards/{id}/checklists", (*world).createCardChecklist},
		{"DELETE /1/cards/{id}/checklists/{idChecklist}", (*world).deleteCardChecklist},
		{"GET /1/cards/{id}/checkItem/{idCheckItem}", (*world).getCheckItem},
		{"PUT /1/cards/{id}/checkItem/{idCheckItem}", (*world).updateCheckItem},
		{"DELETE /1/cards/{id}/checkItem/{idCheckItem}", (*world).deleteCheckItem},
		{"PUT /1/cards/{idCard}/checklist/{idChecklist}/checkItem/{idCheckItem}", (*world).updateCheckItem},
		{"POST /1/checklists", (*world).createChecklist},
		{"GET /1/checklists/{id}", (*world).getChecklist},
		{"PUT /1/checklists/{id}", (*world).updateChecklist},
		{"DELETE /1/checklists/{id}", (*world).deleteChecklist},
		{"GET /1/checklists/{id}/board", (*world).getChecklistBoard},
		{"GET /1/checklists/{id}/cards", (*world).getChecklistCards},
		{"GET /1/checklists/{id}/checkItems", (*world).getCheckItems},
		{"POST /1/checklists/{id}/checkItems", (*world).createCheckItem},
		{"GET /1/checklists/{id}/checkItems/{idCheckItem}", (*world).getCheckItem},
		{"DELETE /1/checklists/{id}/checkItems/{idCheckItem}", (*world).deleteCheckItem},
	}
}

func otherRoutes() []route {
	return []route{
		{"POST /1/labels", (*world).createLabel},
		{"GET /1/labels/{id}", (*world).getLabel},
		{"PUT /1/labels/{id}", (*world).updateLabel},
		{"PUT /1/labels/{id}/{field}", (*world).updateLabelField},
		{"DELETE /1/labels/{id}", (*world).deleteLabel},
		{"POST /1/customFields", (*world).createField},
		{"GET /1/customFields/{id}", (*world).getField},
		{"PUT /1/customFields/{id}", (*world).updateField},
		{"DELETE /1/customFields/{id}", (*world).deleteField},
		{"GET /1/customFields/{id}/options", (*world).getOptions},
		{"POST /1/customFields/{id}/options", (*world).createOption},
		{"GET /1/customFields/{id}/options/{idCustomFieldOption}", (*world).getOption},
		{"DELETE /1/customFields/{id}/options/{idCustomFieldOption}", (*world).deleteOption},
		{"GET /1/actions/{id}", (*world).getAction},
		{"PUT /1/actions/{id}", (*world).updateComment},
		{"DELETE /1/actions/{id}", (*world).deleteComment},
		{"GET /1/actions/{id}/board", (*world).getActionBoard},
		{"GET /1/actions/{id}/card", (*world).getActionCard},
		{"GET /1/actions/{id}/list", (*world).getActionList},
		{"GET /1/actions/{id}/memberCreator", (*world).getActionCreator},
		{"GET /1/members/{id}", (*world).getMember},
		{"GET /1/members/{id}/boards", (*world).getMyBoards},
		{"POST /1/webhooks", (*world).createWebhook},
		{"GET /1/webhooks/{id}", (*world).getWebhook},
		{"PUT /1/webhooks/{id}", (*world).updateWebhook},
		{"DELETE /1/webhooks/{id}", (*world).deleteWebhook},
		{"GET /1/tokens/{token}", (*world).getToken},
		{"GET /1/tokens/{token}/member", (*world).getTokenMember},
		{"GET /1/tokens/{token}/webhooks", (*world).getTokenWebhooks},
		{"POST /1/tokens/{token}/webhooks", (*world).createWebhook},
		{"GET /1/batch", (*world).getBatch},
		{"GET /1/search", (*world).getSearch},
		{"GET /1/search/members", (*world).searchMembers},
	}
}
