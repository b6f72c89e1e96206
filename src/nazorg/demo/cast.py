"""Who is in the demo: the people of the shop, its products, its customers. Everything is invented."""

from __future__ import annotations

PASSWORD = "aftercare-demo"
"""Everybody of the cast signs in with it; `run --demo` prints it."""

STAFF = [
    # user name, name, job title, language, roles
    ("ada", "Ada Wouters", "Administrator", "en", ["administrator"]),
    ("nora", "Nora Peeters", "Support agent", "en", ["agent"]),
    ("leo", "Leo Janssens", "Support team lead", "nl", ["agent", "team_lead"]),
    ("pim", "Pim de Boer", "Support agent, business customers", "nl", ["agent"]),
    ("victor", "Victor Lambert", "Accountant", "en", ["accountant"]),
    ("tom", "Tom Claes", "Warehouse", "nl", ["warehouse"]),
    ("rosa", "Rosa Martin", "Repair technician", "nl", ["repair_technician", "field_technician"]),
    ("sam", "Sam Maes", "Sales", "nl", ["sales"]),
]

CATEGORIES = {
    "kettle": "Waterkokers", "coffee": "Koffie", "kitchen": "Keuken", "clean": "Schoonmaak", "care": "Verzorging", "air": "Klimaat", "parts": "Onderdelen", "service": "Diensten",
}

PRODUCTS = [
    # code, name, category, price without VAT, tracked by serial, warranty in months
    ("BEEK-17", "Beek waterkoker 1,7 L", "kettle", "40.50", False, 24),
    ("BEEK-10", "Beek waterkoker 1,0 L", "kettle", "32.22", False, 24),
    ("BEEK-T", "Beek waterkoker met temperatuurregeling", "kettle", "65.29", True, 24),
    ("MORS-1", "Morgen filterkoffiemachine", "coffee", "57.02", False, 24),
    ("MORS-E", "Morgen espressomachine", "coffee", "247.11", True, 36),
    ("MORS-M", "Morgen koffiemolen", "coffee", "81.82", True, 24),
    ("MORS-S", "Morgen melkschuimer", "coffee", "41.31", False, 24),
    ("KROK-2", "Kruimel broodrooster 2 sleuven", "kitchen", "37.19", False, 24),
    ("KROK-4", "Kruimel broodrooster 4 sleuven", "kitchen", "53.71", False, 24),
    ("KROK-B", "Kruimel broodbakmachine", "kitchen", "106.61", True, 24),
    ("KLOP-H", "Klop handmixer", "kitchen", "33.05", False, 24),
    ("KLOP-K", "Klop keukenmachine 5 L", "kitchen", "288.43", True, 60),
    ("KLOP-S", "Klop staafmixer", "kitchen", "45.45", False, 24),
    ("KLOP-B", "Klop blender 1,5 L", "kitchen", "73.55", False, 24),
    ("VUUR-A", "Vuurtje airfryer 4 L", "kitchen", "90.08", True, 24),
    ("VUUR-X", "Vuurtje airfryer 6 L dubbel", "kitchen", "148.76", True, 24),
    ("VUUR-G", "Vuurtje contactgrill", "kitchen", "66.12", False, 24),
    ("VUUR-R", "Vuurtje raclettestel 8 personen", "kitchen", "49.59", False, 24),
    ("VUUR-W", "Vuurtje wafelijzer", "kitchen", "44.63", False, 24),
    ("STOF-1", "Stofwolk stofzuiger met zak", "clean", "98.35", True, 24),
    ("STOF-S", "Stofwolk steelstofzuiger", "clean", "189.26", True, 24),
    ("STOF-K", "Stofwolk kruimeldief", "clean", "40.50", False, 24),
    ("STOF-R", "Stofwolk robotstofzuiger", "clean", "272.73", True, 24),
    ("PLOOI-S", "Plooi stoomstrijkijzer", "clean", "49.59", False, 24),
    ("PLOOI-G", "Plooi stoomgenerator", "clean", "164.46", True, 24),
    ("LOK-F", "Lok haardroger", "care", "36.36", False, 24),
    ("LOK-S", "Lok stijltang", "care", "41.31", False, 24),
    ("LOK-T", "Lok baardtrimmer", "care", "33.05", False, 24),
    ("LOK-B", "Lok elektrische tandenborstel", "care", "57.02", False, 24),
    ("BRIES-V", "Bries tafelventilator", "air", "32.22", False, 24),
    ("BRIES-T", "Bries torenventilator", "air", "65.29", False, 24),
    ("BRIES-B", "Bries luchtbevochtiger", "air", "81.82", True, 24),
    ("BRIES-L", "Bries luchtreiniger", "air", "131.40", True, 24),
    ("OND-KAN", "Glazen kan voor filterkoffiemachine", "parts", "14.05", False, 24),
    ("OND-MES", "Messenset voor blender", "parts", "12.40", False, 24),
    ("OND-FIL", "HEPA-filter voor luchtreiniger", "parts", "23.14", False, 6),
    ("OND-ZAK", "Stofzuigerzakken, 5 stuks", "parts", "8.26", False, 0),
    ("VERZ", "Verzending", "service", "4.13", False, 0),
    ("UITP", "Plaatsing en uitleg aan huis", "service", "45.00", False, 0),
    ("ONDH", "Onderhoudsbeurt espressomachine", "service", "61.98", False, 6),
]

PERSONS = [
    # name, language, city index
    ("Ida Vermeulen", "nl"), ("Bram Goossens", "nl"), ("Hanne Willems", "nl"), ("Koen De Smet", "nl"), ("Lotte Aerts", "nl"), ("Wout Hermans", "nl"),
    ("Greet Mertens", "nl"), ("Jef Pauwels", "nl"), ("Marijke van Dijk", "nl"), ("Sjoerd Bakker", "nl"), ("Femke Visser", "nl"), ("Ruben Smits", "nl"),
    ("Anke Jacobs", "nl"), ("Dirk Michiels", "nl"), ("Els Wauters", "nl"), ("Joris Stevens", "nl"), ("Saskia de Wit", "nl"), ("Thijs Mulder", "nl"),
    ("Camille Dubois", "fr"), ("Julien Lefèvre", "fr"), ("Élise Moreau", "fr"), ("Antoine Simon", "fr"), ("Margaux Laurent", "fr"), ("Nicolas Renard", "fr"),
    ("Sophie Gérard", "fr"), ("Luc Fontaine", "fr"), ("Chloé Marchal", "fr"), ("Thomas Denis", "fr"),
    ("Grace Walker", "en"), ("Oliver Hughes", "en"), ("Aisha Khan", "en"), ("Daniel O’Brien", "en"), ("Priya Nair", "en"), ("Hannah Clarke", "en"),
    ("Marek Nowak", "en"), ("Lucía Romero", "en"),
]

COMPANIES = [
    # name, language, country, eight digits of an enterprise number that is not in use, contacts
    ("Bistro De Hoek BV", "nl", "BE", "09990001", ["Stijn Maertens", "Kaat Lemmens"]),
    ("Hotel Aan Zee NV", "nl", "BE", "09990002", ["Ingrid Declercq", "Pieter Baert"]),
    ("Kantoorhuis Leie BV", "nl", "BE", "09990003", ["Ann Verhaeghe"]),
    ("Woonzorg Ter Linde VZW", "nl", "BE", "09990004", ["Rita Coppens", "Mieke Daems"]),
    ("La Petite Tasse SRL", "fr", "BE", "09990005", ["Amélie Rousseau"]),
    ("Chambres d’hôtes du Parc SRL", "fr", "BE", "09990006", ["Vincent Collard"]),
    ("Studio Noord BV", "nl", "NL", "", ["Maaike Jansen"]),
    ("Rivierzicht Vastgoed NV", "nl", "BE", "09990007", ["Filip Dhondt"]),
    ("Kinderdagverblijf Pluk VZW", "nl", "BE", "09990008", ["Tine Bogaert"]),
    ("Brussels Language House VZW", "en", "BE", "09990009", ["Emily Turner"]),
]

STREETS = {
    "nl": ["Kerkstraat", "Molenweg", "Stationsstraat", "Lindelaan", "Dorpsplein", "Nieuwstraat", "Veldstraat", "Schoolstraat"],
    "fr": ["Rue de la Gare", "Avenue des Tilleuls", "Rue du Moulin", "Place de l’Église", "Rue des Écoles"],
    "en": ["Rue de la Loi", "Avenue Louise", "Kloosterstraat", "Lange Gasthuisstraat"],
}
PLACES = {
    "nl": [("9000", "Gent", "BE"), ("2000", "Antwerpen", "BE"), ("3000", "Leuven", "BE"), ("8000", "Brugge", "BE"), ("8400", "Oostende", "BE"), ("1012", "Amsterdam", "NL"), ("3511", "Utrecht", "NL")],
    "fr": [("4000", "Liège", "BE"), ("5000", "Namur", "BE"), ("7000", "Mons", "BE"), ("1050", "Ixelles", "BE")],
    "en": [("1000", "Brussel", "BE"), ("1040", "Etterbeek", "BE"), ("2018", "Antwerpen", "BE")],
}
