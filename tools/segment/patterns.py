"""patterns.py: sentences made from patterns, for the places of which a treebank of web text shows too few: abbreviations
before a capital. The shares of ends are of newspaper text as the issue's reference counts them (titles and months
hardly ever, Inc. and Co. often, U.S. when a word follows that opens sentences). Everything here is made up."""
import random

FIRST = 'Maria Daniel Ruth Owen Helen Victor Nora Peter Alice Simon Clara Martin Teresa Hugo Irene Oscar Paula Felix'.split()
LAST = 'Harlow Brenner Castell Dunmore Ellery Farrow Gannett Hollis Ibarra Jessup Kestrel Lindqvist Marlowe Nolan Okafor Prentiss Quill Rourke Sandoval Thorne Underhill Vance Whitlock Yarrow'.split()
FIRM = 'Northgate Bellweather Castleton Drummond Everline Fairhaven Glenbrook Harrowgate Ironbridge Kingsmere Lakeshore'.split()
TOWN = 'Fairview Millbrook Oakdale Riverton Springvale Ashford Lindale Carver Harmony Bedrock Easton'.split()
OPEN = {
    'pron': 'He She They It We This That There These You Who'.split(), 'det': 'The A An'.split(),
    'poss': 'His Her Their Its Our'.split(), 'conj': 'But And When If While After As Since Although However So Yet Before Because'.split(),
    'adv': 'Now Later Earlier Still Also Only Finally Eventually Perhaps Again Recently Not Today'.split(),
    'prep': 'In On At For With From By During Under About Since Among Despite Until'.split(),
    'quant': 'Some Many Most Several Two Three Another Other Both Each All One'.split(), 'aux': 'Did Is Are Was Will Has Does Can'.split()}
STRONG = [w for v in OPEN.values() for w in v]
COMMON = 'Officials Residents Workers Analysts Investors Police Prices Sales Critics Lawyers Doctors Students Voters Experts Shares Profits Schools People Teachers'.split()
ORGWORD = 'Senate Army Navy District Supreme Attorney President Government Department Treasury Ambassador Embassy Marines House Air Secretary Representative Central Trade Bank'.split()
NAMES = LAST + ['Mideast', 'Borough', 'Latin', 'Atlantic', 'Soccer', 'Olympics', 'Internet', 'Steel', 'Airways', 'Tennis', 'Catholic', 'Republicans', 'Democrats', 'Western']
TITLES = 'Mr. Mrs. Ms. Dr. Sen. Rep. Gov. Gen. Lt. Col. Sgt. Capt. Rev. Prof. Atty.'.split()
LEAD = ['The company had moved its head office to', 'Nobody at the meeting would speak for', 'She had worked for many years at',
        'Last spring the council signed a contract with', 'The new rules will be felt all over', 'Two of the children live in', 'He said he trusted',
        'After the flood the family went back to', 'The award went to', 'A lawyer wrote to', 'They drove to']
TAIL = ['had nothing to say about it.', 'said on Monday that talks would go on.', 'was not sure what came next.', 'will open again in the spring.',
        'asked for more time.', 'wanted the money back.', 'left before noon.', 'voted against the plan.']


def lines():
    r = random.Random(7)
    pick = r.choice
    out = []

    def after(kind):
        if kind == 'strong': return pick(pick(list(OPEN.values()))) + ' ' + pick(['council', 'vote', 'plan', 'old mill', 'talks', 'mayor', LAST[0]]) + ' ' + pick(TAIL)
        if kind == 'common': return pick(COMMON) + ' ' + pick(TAIL)
        if kind == 'org': return pick(ORGWORD) + ' ' + pick(['', 'official ', 'Committee ', pick(LAST) + ' ', 'members ']) + pick(TAIL)
        if kind == 'name': return pick(NAMES) + ' ' + pick(['', '', pick(LAST) + ' ']) + pick(TAIL)
        if kind == 'person': return pick(FIRST) + ' ' + pick(LAST) + ' ' + pick(TAIL)
        if kind == 'title': return pick(TITLES) + ' ' + pick(LAST) + ' ' + pick(TAIL)
        if kind == 'chief': return pick(['Chairman', 'President', 'Chief', 'Vice', 'Director', 'Treasurer', 'Analyst', 'Spokesman', 'Founder', 'Vice Chairman', 'Chief Executive', 'Senior Vice President', 'General Counsel']) + ' ' + pick(LAST) + ' ' + pick(TAIL)
        if kind == 'month': return pick(['Monday', 'Friday', 'Sunday', 'Tuesday', 'Jan. 12', 'March 3', 'Nov. 7', 'Thursday']) + ' ' + pick(['and', 'to', 'after', 'but']) + ' ' + pick(['again at noon.', 'the talks went on.', 'nothing came of it.'])
        if kind == 'zone': return pick(['EST', 'Eastern', 'GMT', 'ET', 'Pacific']) + pick(['.', ' on Monday.', ' and later.'])
        if kind == 'digit': return str(r.randrange(2, 90)) + ' ' + pick(['people', 'houses', 'percent of them']) + ' ' + pick(['were lost.', 'had gone by then.'])
        raise KeyError(kind)

    def put(n, words, share, before=None, tails=''):
        """n lines for each kind of follower, of which the given share are ends"""
        for kind, p in share.items():
            for k in range(n):
                lead = (before or (lambda: pick(LEAD)))()
                ends = (k + 0.5) / n < p
                out.append(lead + ' ' + pick(words) + tails + (' | ' if ends else ' ') + after(kind))

    org = lambda: pick(LEAD) + ' ' + pick(FIRM) + pick(['', ' ' + pick(FIRM), ' & Sons', ' & Co.'])
    put(30, ['Inc.', 'Corp.', 'Co.', 'Ltd.', 'Cos.', 'Bros.', 'L.P.', 'Plc.'], {'strong': 1, 'common': 0.95, 'name': 0.5, 'person': 0.8, 'title': 0.95, 'chief': 0, 'org': 0.3}, org)
    put(30, ['U.S.', 'U.N.', 'U.K.', 'D.C.', 'E.U.', 'L.A.', 'N.Y.', 'U.S.A.', 'G.O.P.', 'F.B.I.'], {'strong': 1, 'common': 0.25, 'name': 0.03, 'org': 0, 'person': 0.25, 'title': 0.6, 'chief': 0},
        lambda: pick(LEAD) + ' ' + pick(['the', 'the', 'the', 'Washington', 'in the', 'of the', 'by the']))
    put(20, ['U.S.', 'S.W.', 'N.E.', 'U.S.C.'], {'digit': 0}, lambda: 'The case was ' + pick(LAST) + ' v. ' + pick(LAST) + ', ' + str(r.randrange(2, 400)))
    put(12, ['P.M.', 'P.M.', 'V.P.', 'D.A.', 'M.P.'], {'name': 0, 'person': 0}, lambda: pick(LEAD) + ' ' + pick(['the', 'the', 'former']))
    initial = lambda: pick([lambda: pick(LEAD) + ' ' + pick(FIRST), lambda: pick(FIRST), lambda: pick(LEAD) + ' ' + pick(FIRST) + ' ' + pick('ABCDEFGHJKLMNPRSTW') + '.'])()
    put(120, [c + '.' for c in 'ABCDEFGHJKLMNOPRSTVWY'], {'name': 0}, initial)
    put(12, [c + '.' for c in 'ABCDEFGHJKLMNOPRSTVWY'], {'strong': 0.8}, initial)
    put(25, ['D. C.', 'U. S.', 'N. Y.', 'U. N.'], {'strong': 1, 'org': 0, 'name': 0.05}, lambda: pick(LEAD) + pick([' the', ' Washington,', ' the', '']))
    put(20, ['I.'], {'name': 0, 'strong': 0.6}, initial)
    put(25, ['vitamin C.', 'group B.', 'plan A.', 'a rating of triple A.', 'my brother and I.', 'not as young as I.', 'the class got a D.'], {'strong': 1, 'common': 0.8, 'name': 0.3, 'person': 0.5},
        lambda: pick(['It was all about', 'What they wanted was', 'The doctor spoke of', 'Nobody had heard of']))
    clock = lambda: pick(LEAD) + ' ' + pick(TOWN) + ' at ' + str(r.randrange(1, 12))
    put(25, ['a.m.', 'p.m.', 'p.m.'], {'strong': 1, 'common': 0.7, 'name': 0.35, 'month': 0, 'zone': 0, 'title': 0.7, 'person': 0.6, 'digit': 0.5}, clock)
    put(8, ['A.M.', 'P.M.'], {'strong': 1, 'common': 0.9, 'name': 0.6, 'month': 0, 'zone': 0, 'title': 1}, clock)
    put(25, ['a.m.', 'p.m.'], {'title': 0, 'person': 0, 'name': 0, 'strong': 0}, lambda: pick(['At', 'By', 'Near', 'Around']) + ' ' + str(r.randrange(1, 12)))
    put(20, ['Jr.', 'Sr.', 'Esq.'], {'strong': 1, 'common': 0.6, 'name': 0.1, 'chief': 0, 'person': 0.4, 'title': 0.7}, lambda: pick(LEAD) + ' ' + pick(FIRST) + ' ' + pick(LAST))
    put(12, ['Ph.D.', 'M.D.', 'B.A.', 'M.B.A.', 'R.N.', 'J.D.'], {'strong': 1, 'common': 0.9, 'name': 0.2, 'chief': 0, 'person': 0.5}, lambda: pick(LEAD) + ' ' + pick(LAST) + pick([',', ' with a', ', a']))
    put(25, ['Calif.', 'Mass.', 'Conn.', 'Pa.', 'Va.', 'Md.', 'Mich.', 'Ill.', 'Ga.', 'N.Y.', 'N.J.', 'Tenn.', 'Wash.', 'Ore.'], {'strong': 1, 'common': 0.8, 'name': 0.1, 'chief': 0, 'org': 0.1, 'person': 0.6, 'title': 0.6}, lambda: pick(LEAD) + ' ' + pick(TOWN) + ',')
    put(15, ['Jan.', 'Feb.', 'Aug.', 'Sept.', 'Oct.', 'Nov.', 'Dec.', 'Thurs.', 'Fri.'], {'strong': 0.7, 'name': 0, 'person': 0.2, 'month': 0}, lambda: pick(LEAD) + ' ' + pick(TOWN) + ' in')
    put(15, ['No.', 'Nos.', 'Vol.', 'Fig.', 'Sec.', 'Art.', 'Ch.'], {'name': 0, 'strong': 0.5}, lambda: pick(LEAD) + ' ' + pick(['its', 'the', 'a']))
    put(20, ['etc.', 'et al.'], {'strong': 1, 'common': 1, 'name': 0.7, 'person': 0.9, 'title': 0.9}, lambda: 'They sold bread, milk, eggs')
    put(15, ['St.', 'Ave.', 'Blvd.', 'Rd.'], {'strong': 1, 'common': 0.8, 'name': 0.1, 'person': 0.6}, lambda: pick(LEAD) + ' ' + pick(['42 ', '300 ', '']) + pick(['Elm', 'Main', 'Park', '5th', '42nd']))
    put(30, ['St.', 'Sts.'], {'name': 0}, lambda: pick(LEAD) + pick(['', ' near', ' the Church of', ' old']))
    put(15, ['Mt.', 'Ft.', 'Pt.', 'Ste.'], {'name': 0, 'strong': 0.3}, lambda: pick(LEAD))
    put(15, ['ft.', 'lbs.', 'km.', 'min.', 'hrs.', 'oz.', 'mi.'], {'strong': 1, 'common': 0.9, 'name': 0.6, 'title': 1, 'person': 0.9}, lambda: 'The boat was about ' + str(r.randrange(2, 300)))
    put(15, ['Dept.', 'dept.', 'Dist.', 'Dem.', 'Cong.', 'Assn.', 'Natl.', 'Intl.', 'Univ.', 'Wm.', 'Chas.', 'est.', 'div.', 'Est.'], {'strong': 0.8, 'common': 0.3, 'name': 0, 'org': 0, 'person': 0}, lambda: pick(LEAD) + ' ' + pick(['the', 'the ' + pick(TOWN), 'a']))
    plain = lambda: pick(LEAD) + ' ' + pick(TOWN)
    put(20, ['in 1987.', 'by 14 to 3.', 'at No. 7.', 'for $4.50.', 'of 12 percent.', 'at $2 billion.'], {'strong': 1, 'common': 1, 'name': 1, 'person': 1, 'title': 1, 'digit': 0.9}, plain)
    put(20, ['again.', 'too.', 'last week.', 'by train.', 'then.'], {'digit': 1, 'title': 1, 'person': 1, 'name': 1, 'org': 1, 'month': 1}, plain)
    put(20, ['Harbor.', 'Street.', 'Council.', 'Union.', 'River.', 'NATO.', 'FBI.', 'IRA.', 'BBC.', 'GDP.', 'MTV.'], {'strong': 1, 'common': 1, 'name': 1, 'person': 1, 'title': 1, 'org': 1, 'digit': 1}, plain)
    put(12, ['Hldgs.', 'Mfrs.', 'Bldrs.', 'Grps.', 'Svcs.'], {'strong': 0.9, 'common': 0.6, 'name': 0.1}, org)
    # something left out
    put(12, ['and then ...', 'or so it seemed ...', 'and so on . . .', 'to the sea …'], {'strong': 0.75, 'common': 0.6, 'name': 0.3, 'person': 0.6}, plain)
    put(60, ['and then...', 'or so it seemed…', 'to the sea...', 'by night…'], {'strong': 0.95, 'common': 0.8, 'name': 0.4, 'person': 0.7}, plain)
    put(25, ['and then....', 'or not....', 'and so on . . . .'], {'strong': 1, 'common': 1, 'name': 0.9, 'person': 1}, plain)
    for k in range(25):
        out.append('I was not sure ... I mean ' + pick(['the', 'my', 'his']) + ' plan was . . . I had hoped for more.')
        out.append(pick(FIRST) + ' was ... well, ' + pick(['gone', 'late', 'lost']) + '. | ' + pick(STRONG) + ' house stood empty.')
    # quotations
    said = ['said', 'asked', 'says', 'replied', 'added', 'told the court', 'shouted', 'wrote']
    for k in range(60):
        who = pick([pick(LAST), 'Mr. ' + pick(LAST), pick(FIRST) + ' ' + pick(LAST), 'Sen. ' + pick(LAST), 'Dr. ' + pick(FIRST) + ' ' + pick(LAST)])
        o, c = pick(['""', '""', '“”'])
        q = pick(['Where did the money go', 'Who will pay for it', 'Never again', 'What a day', 'Is that all', 'Get out'])
        m = pick('?!')
        out.append(o + q + m + c + ' ' + who + ' ' + pick(said) + '.')
        out.append(o + q + m + c + ' ' + pick(['he', 'she', 'they', 'I', 'I', 'we']) + ' ' + pick(said) + '. | ' + after(pick(['strong', 'common'])))
        out.append(who + ' asked, ' + o + q + m + c + ' | ' + after(pick(['strong', 'common', 'person', 'title'])))
        out.append(who + ' said, ' + o + 'We had ' + pick(['no', 'little']) + ' ' + pick(['time', 'money', 'help']) + '.' + c + ' | ' + after(pick(['strong', 'common', 'person', 'title', 'name', 'org'])))
        out.append(o + 'We had no time,' + c + ' ' + who + ' said. | ' + o + pick(['It', 'The plan', 'Nobody', 'Everyone', 'Prices', LAST[3]]) + ' ' + pick(TAIL) + c + pick(['', ' | ' + after('strong')]))
        out.append(who + ' said: ' + o + 'We had no time. | ' + pick(['It was late.', 'Nobody came.', 'The road was wet.']) + ' | ' + pick(['We', 'They', 'You']) + ' ' + pick(TAIL) + c + pick(['', ' | ' + after('common')]))
        out.append('They call it ' + o + pick(['Stop!', 'Who Cares?', 'Go Home!', 'Why Not?']) + c + ' ' + pick(['and', 'in', 'because', 'on']) + ' the north. | ' + after('strong'))
        out.append(who + ' wrote: ' + o + 'We had hoped ' + pick(['...', '. . .', '…', '....']) + c + ' | ' + after(pick(['strong', 'common', 'person'])))
        out.append("He said, 'We are late.' | " + after(pick(['strong', 'common', 'person'])))
        out.append(who + ' wrote that it was ' + o + 'a great day.' + c + ' (' + pick(LAST) + ' ' + str(r.randrange(10, 99)) + ').' if k % 3 == 0 else
                   '(' + pick(['She', 'He', 'The town']) + ' later ' + pick(['won on appeal', 'moved away', 'paid it back']) + '.) | ' + after(pick(['strong', 'common', 'person'])))
        out.append(who + ' (' + pick(['he', 'she']) + ' had been a ' + pick(['teacher', 'judge']) + ' there.) ' + pick(['came', 'went', 'spoke']) + ' too.')
        out.append(pick(LEAD) + ' ' + pick(TOWN) + ' (' + pick(['which had a mill', 'about 9 miles away', 'pop. 900']) + '). | ' + after(pick(['strong', 'common', 'person', 'title'])))
        out.append(pick(['ST. ' + pick(TOWN).upper(), pick(TOWN).upper() + ', Pa.', pick(TOWN).upper() + ', N.Y.', pick(TOWN).upper() + ', Feb. ' + str(r.randrange(1, 29))]) + ' ' +
                   pick(['(AP) -- ', '(Reuters) - ', '— ', '(AP) — ']) + after(pick(['strong', 'common', 'person'])))
    return out
