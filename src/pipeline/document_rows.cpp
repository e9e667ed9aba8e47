#include "pipeline/document_rows.hpp"

namespace weir::pipeline {

const store::TableInfo kDocumentTable{
    "pipeline_document", store::Keeping::cold, 1, &type_of<DocumentRow>, {"pipeline"}};
const store::TableInfo kWaitingDocumentTable{"pipeline_waiting_document", store::Keeping::live, 2,
                                             &type_of<WaitingDocumentRow>};
const store::TableInfo kSeenEventTable{"pipeline_seen_event", store::Keeping::live, 2, &type_of<SeenEventRow>};
const store::TableInfo kSeenFileTable{"pipeline_seen_file", store::Keeping::live, 2, &type_of<SeenFileRow>};
const store::TableInfo kDocumentSourceTable{"pipeline_document_source", store::Keeping::live, 1,
                                            &type_of<DocumentSourceRow>};

}  // namespace weir::pipeline
