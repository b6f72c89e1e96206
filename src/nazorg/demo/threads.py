"""What customers and agents of the demo shop write: invented, in Dutch, French and English.

Each script is told for several customers and products. `{p}` is the product, `{n}` the customer's first name, `{o}` the
order, `{s}` the serial number or order line that belongs to it. Speakers: c the customer, a the agent, n a note.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Script:
    """A conversation: its language, what it is about and what is said in turn."""

    language: str
    type: str
    title: str
    said: list[tuple[str, str]]
    categories: tuple[str, ...] = ("kettle", "coffee", "kitchen", "clean", "care", "air")
    tags: tuple[str, ...] = ()
    ends: str = "open"
    """The kind of stage in which it stands now: new, open, waiting or closed."""
    priority: int = 1
    needs: frozenset = field(default_factory=frozenset)


SCRIPTS = [
    Script("nl", "Defect", "{p} lekt na twee weken", [
        ("c", "Beste,\n\nTwee weken geleden kocht ik bij u de {p} (bestelling {o}). Sinds gisteren staat er telkens een plasje water op het aanrecht. Het lijkt onderaan uit de naad te komen.\n\nWat kan ik doen?\n\nGroeten,\n{n}"),
        ("a", "Dag {n},\n\nDat is vervelend, en zeker niet de bedoeling. Kunt u een foto sturen van de naad? Gebruik het toestel ondertussen liever niet meer.\n\nMet vriendelijke groet,\nNora"),
        ("c", "De foto lukt me niet goed, maar het water komt duidelijk uit de hoek bij het snoer. Ik wil liever mijn geld terug dan een nieuwe."),
        ("n", "Zelfde klacht als vorige maand bij deze reeks. Terugbetaling is prima volgens Leo."),
    ], ("kettle", "coffee"), ("Lekkage",), "open", 2),
    Script("nl", "Defect", "{p} schakelt zichzelf uit", [
        ("c", "Hallo, mijn {p} valt na een minuut of vijf stil en start pas opnieuw als hij helemaal koud is. Ik heb de handleiding gevolgd en alles schoongemaakt. Valt dit onder garantie?"),
        ("a", "Dag {n},\n\nJa, dit valt onder de garantie. Het klinkt als de oververhittingsbeveiliging. Wilt u de luchtopeningen controleren en laten weten of het daarna nog gebeurt?"),
        ("c", "Gecontroleerd, alles vrij. Het blijft gebeuren."),
    ], ("kitchen", "clean", "care"), ("Garantie",), "open"),
    Script("nl", "Levering", "Doos beschadigd aangekomen", [
        ("c", "De koerier gaf me vandaag een doos met een flinke deuk. De {p} zelf lijkt te werken, maar er zit een kras op de zijkant. Ik hoef hem niet te ruilen, maar een korting zou ik wel netjes vinden."),
        ("a", "Dag {n}, dank u om dit meteen te melden. Een gedeeltelijke terugbetaling kan. Is 15 % van de aankoopprijs goed voor u?"),
        ("c", "Daar ben ik tevreden mee, dank u."),
    ], tags=("Transportschade",), ends="open"),
    Script("nl", "Vraag", "Waar vind ik de factuur van {o}?", [
        ("c", "Voor mijn boekhouding heb ik de factuur van bestelling {o} nodig. Ik vind ze niet in mijn mailbox."),
        ("a", "Dag {n}, ik stuur ze u vandaag opnieuw. Op de factuur staat ook het btw-nummer van uw bedrijf."),
        ("c", "Goed ontvangen. Bedankt voor de snelle hulp!"),
    ], ends="closed"),
    Script("nl", "Levering", "Nog niets ontvangen", [
        ("c", "Volgens de trackingpagina is {o} drie dagen geleden geleverd, maar hier is niets aangekomen. Ook de buren weten van niets."),
        ("n", "Bpost gebeld: het pakje ligt in een afhaalpunt, bericht in de bus was zoekgeraakt."),
        ("a", "Dag {n}, uw pakje ligt klaar in het afhaalpunt in uw straat. Neem uw identiteitskaart mee. Laat u weten of het gelukt is?"),
    ], ends="waiting"),
    Script("nl", "Klacht", "Verkeerde kleur geleverd", [
        ("c", "Ik bestelde de {p} in het zwart en kreeg een witte. Ik wil graag de juiste kleur of mijn geld terug."),
        ("a", "Onze fout, {n}. De zwarte is helaas pas over vier weken terug. Wilt u wachten, of betalen wij u terug?"),
        ("c", "Dan liever terugbetalen."),
    ], tags=("Verkeerd geleverd",), ends="open", priority=2),
    Script("nl", "Defect", "Motor maakt een brandlucht", [
        ("c", "Bij het tweede gebruik rook ik een brandlucht uit de {p} en zag ik een beetje rook. Ik heb de stekker meteen uitgetrokken. Dit voelt niet veilig!"),
        ("a", "Dag {n}, u deed het juiste. Gebruik het toestel niet meer. Wij betalen u het volledige bedrag terug en laten het toestel ophalen voor onderzoek."),
        ("n", "Veiligheid: serienummer {s} doorgeven aan de leverancier."),
    ], ("kitchen", "clean", "care"), ("Veiligheid",), "open", 3),
    Script("nl", "Vraag", "Welke filter past er?", [
        ("c", "Past de HEPA-filter OND-FIL ook in mijn {p}? Op de website staat het niet duidelijk."),
        ("a", "Dag {n}, ja, die past. Vervang hem ongeveer elke zes maanden, of als het lampje brandt."),
        ("c", "Top, dan bestel ik er twee."),
    ], ("air", "clean"), ends="closed"),
    Script("nl", "Klacht", "Te veel aangerekend", [
        ("c", "Op de factuur van {o} staat de {p} aan de volle prijs, terwijl de actie die dag nog liep. Kunt u het verschil terugstorten?"),
        ("n", "Klopt, de actie liep tot en met die dag. Verschil crediteren."),
        ("a", "Dag {n}, u heeft gelijk. We crediteren het verschil vandaag nog."),
    ], tags=("Prijs",), ends="open"),
    Script("nl", "Defect", "Deksel sluit niet meer", [
        ("c", "Het deksel van de {p} klikt niet meer vast sinds vorige week. Kan ik alleen het deksel bestellen?"),
        ("a", "Dag {n}, het deksel is niet los te koop, maar binnen de garantie herstellen wij het gratis. Mag de technicus het toestel bekijken?"),
    ], ("kettle", "kitchen", "coffee"), ("Garantie",), "waiting"),
    Script("nl", "Vraag", "Kan ik mijn bestelling nog wijzigen?", [
        ("c", "Ik heb per ongeluk twee keer de {p} besteld. Kan er nog één af?"),
        ("a", "Dag {n}, de bestelling was al ingepakt. Stuur er gerust één terug; wij crediteren dat stuk zodra u dit bevestigt."),
        ("c", "Prima, ik hou er één. Graag de andere crediteren."),
    ], ends="open"),
    Script("nl", "Defect", "Scherm blijft zwart", [
        ("c", "Het schermpje van mijn {p} (serienummer {s}) doet niets meer. Alle knoppen reageren wel met een piepje."),
    ], ("coffee", "kitchen", "air", "clean"), ("Garantie",), "new"),
    Script("nl", "Klacht", "Lang wachten op antwoord", [
        ("c", "Ik heb vorige week al gemaild over de {p} en nog altijd geen antwoord. Dit kan toch niet."),
        ("a", "Dag {n}, mijn oprechte excuses: uw bericht was aan een verkeerde map toegewezen. Ik neem het nu zelf op. Wat is er precies aan de hand?"),
        ("c", "Het snoer is gebroken vlak bij de stekker. Ik durf hem niet meer te gebruiken."),
    ], tags=("Veiligheid",), ends="open", priority=2),
    Script("nl", "Vraag", "Ontkalken", [
        ("c", "Hoe vaak moet ik de {p} ontkalken, en mag dat met gewone azijn?"),
        ("a", "Dag {n}, bij hard water elke twee maanden. Azijn mag, één deel op vier delen water; daarna twee keer spoelen."),
    ], ("kettle", "coffee", "clean"), ends="closed"),
    Script("nl", "Levering", "Onderdeel ontbreekt", [
        ("c", "In de doos van de {p} zat geen handleiding en ook geen maatbeker. Kunnen die nagestuurd worden?"),
        ("n", "Tom kijkt of er nog maatbekers liggen."),
        ("a", "Dag {n}, de handleiding vindt u bij het product op onze site. De maatbeker sturen we na, dat duurt ongeveer een week."),
    ], ends="waiting"),
    Script("nl", "Vraag", "Zakelijke bestelling van tien stuks", [
        ("c", "Wij willen tien stuks van de {p} voor onze kamers. Is er een prijs voor bedrijven, en kunt u op factuur leveren?"),
        ("a", "Dag {n}, dat kan zeker. Vanaf tien stuks geven wij korting. Ik vraag Sam een offerte te maken."),
    ], ends="new"),
    Script("fr", "Panne", "{p} ne chauffe plus", [
        ("c", "Bonjour,\n\nMon {p} (commande {o}) s’allume mais ne chauffe plus du tout depuis hier. Je l’utilise normalement, une fois par jour.\n\nQue proposez-vous ?\n\nCordialement,\n{n}"),
        ("a", "Bonjour {n},\n\nMerci pour votre message. C’est couvert par la garantie. Préférez-vous une réparation ou un remboursement ?\n\nBien à vous,\nNora"),
        ("c", "Un remboursement, s’il vous plaît."),
    ], ("kettle", "coffee", "kitchen"), ("Garantie",), "open"),
    Script("fr", "Livraison", "Colis arrivé ouvert", [
        ("c", "Le carton était ouvert à l’arrivée et il manque un accessoire du {p}. Le reste fonctionne."),
        ("a", "Bonjour {n}, nous sommes désolés. L’accessoire n’est plus disponible seul ; pouvons-nous vous rembourser une partie du prix ?"),
        ("c", "Oui, cela me convient."),
    ], tags=("Transportschade",), ends="open"),
    Script("fr", "Question", "Facture avec numéro de TVA", [
        ("c", "Pourriez-vous m’envoyer la facture de la commande {o} avec notre numéro de TVA ?"),
        ("a", "Bonjour {n}, la facture est en route vers votre boîte mail."),
        ("c", "Bien reçue, merci beaucoup."),
    ], ends="closed"),
    Script("fr", "Réclamation", "Appareil trop bruyant", [
        ("c", "Le {p} fait beaucoup plus de bruit qu’annoncé. Je souhaite le rendre, il n’a servi qu’une fois."),
        ("a", "Bonjour {n}, vous avez quatorze jours pour vous rétracter. Je prépare votre remboursement."),
    ], tags=("Herroeping",), ends="open"),
    Script("fr", "Panne", "Fuite d’eau sous l’appareil", [
        ("c", "Depuis trois jours, de l’eau coule sous le {p}. J’ai peur pour mon plan de travail en bois."),
        ("a", "Bonjour {n}, débranchez l’appareil, s’il vous plaît. Pouvez-vous m’indiquer le numéro de série ?"),
        ("c", "C’est le {s}."),
        ("n", "Même série que les autres fuites."),
    ], ("kettle", "coffee", "clean"), ("Lekkage", "Garantie"), "open", 2),
    Script("fr", "Livraison", "Où est ma commande ?", [
        ("c", "La commande {o} devait arriver lundi et je n’ai toujours rien reçu."),
        ("a", "Bonjour {n}, le transporteur annonce un retard de deux jours. Je vous préviens dès que j’en sais plus."),
    ], ends="waiting"),
    Script("fr", "Question", "Pièce de rechange", [
        ("c", "Est-ce que la verseuse de rechange convient au {p} ?"),
    ], ("coffee", "kitchen"), ends="new"),
    Script("fr", "Réclamation", "Prix plus bas le lendemain", [
        ("c", "J’ai acheté le {p} hier et aujourd’hui il coûte dix euros de moins. Pouvez-vous faire un geste ?"),
        ("n", "Geste commercial possible : crédit partiel de 10 €."),
        ("a", "Bonjour {n}, nous vous remboursons la différence."),
    ], tags=("Prijs",), ends="open"),
    Script("fr", "Panne", "Le bouton reste enfoncé", [
        ("c", "Le bouton marche/arrêt du {p} reste enfoncé. L’appareil a quatre mois."),
        ("a", "Bonjour {n}, notre technicienne Rosa peut le réparer. Souhaitez-vous nous l’envoyer ?"),
        ("c", "Oui, dites-moi comment."),
    ], tags=("Garantie",), ends="open"),
    Script("en", "Fault", "{p} leaks after two weeks", [
        ("c", "Hi,\n\nI bought the {p} two weeks ago (order {o}) and since yesterday it leaves a puddle on the counter every time I use it.\n\nWhat are my options?\n\nKind regards,\n{n}"),
        ("a", "Hello {n},\n\nSorry about that. It is covered, so you can choose between a repair and a refund. Please do not use it in the meantime.\n\nBest wishes,\nNora"),
        ("c", "I would rather have my money back, thank you."),
        ("n", "Third leak of this batch. Leo agrees to refund without return."),
    ], ("kettle", "coffee"), ("Lekkage",), "open", 2),
    Script("en", "Complaint", "Charged twice for shipping", [
        ("c", "I see shipping twice on the invoice for {o}. Could you refund one of them?"),
        ("a", "Hello {n}, you are right, that slipped through. I will credit it today."),
    ], tags=("Prijs",), ends="open"),
    Script("en", "Question", "Does it work on 230 V and 110 V?", [
        ("c", "I am moving to Canada next year. Will the {p} work there?"),
        ("a", "Hello {n}, no, it is made for 230 V only, and a converter of that size is not worth it."),
        ("c", "Good to know, thanks."),
    ], ends="closed"),
    Script("en", "Delivery", "Wrong item in the box", [
        ("c", "The label says {p}, but there was something else in the box. I still need the right one, or my money back."),
        ("a", "Hello {n}, our mistake. Which article number is on the appliance itself?"),
        ("c", "The small sticker says {s}."),
    ], tags=("Verkeerd geleverd",), ends="open", priority=2),
    Script("en", "Fault", "Stopped working mid-way", [
        ("c", "My {p} just stopped this morning. No light, no sound. I tried another socket."),
        ("a", "Hello {n}, thank you for trying that already. Is there a chance the fuse in the plug has gone?"),
        ("c", "There is no fuse in the plug as far as I can see."),
    ], tags=("Garantie",), ends="open"),
    Script("en", "Delivery", "Delivery to another address", [
        ("c", "Can {o} still go to my office instead of my home?"),
        ("a", "Hello {n}, it left this morning, but you can redirect it on the carrier’s page with the code in your mail."),
        ("c", "That worked, thank you!"),
    ], ends="closed"),
    Script("en", "Complaint", "Scratches on a new appliance", [
        ("c", "The {p} arrived with scratches on the front. It works fine. Could I get something off the price?"),
        ("a", "Hello {n}, of course. Would 20 % back be fair?"),
        ("c", "More than fair. Thanks, Nora."),
    ], tags=("Transportschade",), ends="open"),
    Script("en", "Question", "Spare parts", [
        ("c", "Where can I buy a replacement jug for the {p}?"),
    ], ("coffee", "kitchen"), ends="new"),
    Script("en", "Fault", "Error E04 on the display", [
        ("c", "My {p}, serial {s}, shows E04 and beeps. The manual does not mention it."),
        ("a", "Hello {n}, E04 is a sensor fault. Rosa, our technician, can repair it under warranty. Shall I set that up?"),
    ], ("coffee", "kitchen", "air", "clean"), ("Garantie",), "waiting"),
    Script("en", "Question", "Invoice for my employer", [
        ("c", "My employer pays for {o}. Can the invoice be made out to the company?"),
        ("a", "Hello {n}, I will credit this invoice and make a new one. Which VAT number should be on it?"),
    ], ends="waiting"),
    Script("en", "Complaint", "Not what the picture showed", [
        ("c", "The {p} is a lot smaller than the picture on the website suggests. I want to send it back, it is unused."),
        ("a", "Hello {n}, no problem: within fourteen days you may change your mind."),
    ], tags=("Herroeping",), ends="open"),
    Script("en", "Fault", "Smells of burning", [
        ("c", "There was a burning smell from the {p} tonight. I unplugged it and put it outside. Please advise!"),
        ("a", "Hello {n}, you did right. Please leave it unplugged. We refund you in full and collect it to examine what happened."),
        ("n", "Safety: report serial {s} to the supplier."),
    ], ("kitchen", "clean", "care"), ("Veiligheid",), "open", 3),
    Script("nl", "Klacht", "Korting niet verrekend", [
        ("c", "De welkomstkorting van 10 % staat niet op de factuur van {o}. Graag corrigeren."),
    ], tags=("Prijs",), ends="new"),
    Script("fr", "Livraison", "Livraison incomplète", [
        ("c", "J’ai commandé deux {p} et n’en ai reçu qu’un seul. La facture en compte bien deux."),
        ("n", "Tom: stock vérifié, un exemplaire n’est jamais parti."),
        ("a", "Bonjour {n}, il n’est plus en stock. Je vous rembourse l’exemplaire manquant."),
    ], ends="open", priority=2),
    Script("en", "Delivery", "Missing accessories", [
        ("c", "No measuring cup and no manual in the box of the {p}."),
        ("a", "Hello {n}, the manual is on our website; the cup follows by post."),
        ("c", "Got it today. Thanks!"),
    ], ends="closed"),
]
