"""What all pages share: the policy gate, forms, headers, errors, paging, filters, navigation."""
