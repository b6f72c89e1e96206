"""The import of a shop's invoice lines as one flat file, the shape of UCI's "Online Retail".

    table = open_table(path)
    retail = read_retail(table)          # read.py: rows → documents, products, customers; nothing is written
    links = link(retail.documents)       # link.py: which invoice line each credit-note line credits
    report = report_on(retail, links)    # report.py: every row accounted for

All of it is pure: no database, no clock, the same file gives the same answer.
"""
