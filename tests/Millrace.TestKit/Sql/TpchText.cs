namespace Millrace.TestKit.Sql;

/// <summary>The value lists and texts of TPC-H (sections 4.2.2 and 4.2.3 of its specification).</summary>
internal sealed class TpchText
{
    public static readonly string[] Regions = ["AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"];

    public static readonly (string Name, int Region)[] Nations =
    [
        ("ALGERIA", 0), ("ARGENTINA", 1), ("BRAZIL", 1), ("CANADA", 1), ("EGYPT", 4), ("ETHIOPIA", 0), ("FRANCE", 3), ("GERMANY", 3), ("INDIA", 2),
        ("INDONESIA", 2), ("IRAN", 4), ("IRAQ", 4), ("JAPAN", 2), ("JORDAN", 4), ("KENYA", 0), ("MOROCCO", 0), ("MOZAMBIQUE", 0), ("PERU", 1),
        ("CHINA", 2), ("ROMANIA", 3), ("SAUDI ARABIA", 4), ("VIETNAM", 2), ("RUSSIA", 3), ("UNITED KINGDOM", 3), ("UNITED STATES", 1),
    ];

    public static readonly string[] Segments = ["AUTOMOBILE", "BUILDING", "FURNITURE", "HOUSEHOLD", "MACHINERY"];
    public static readonly string[] Priorities = ["1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"];
    public static readonly string[] Instructions = ["DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"];
    public static readonly string[] Modes = ["REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"];
    public static readonly string[] TypeSizes = ["STANDARD", "SMALL", "MEDIUM", "LARGE", "ECONOMY", "PROMO"];
    public static readonly string[] TypeFinishes = ["ANODIZED", "BURNISHED", "PLATED", "POLISHED", "BRUSHED"];
    public static readonly string[] TypeMetals = ["TIN", "NICKEL", "BRASS", "STEEL", "COPPER"];
    public static readonly string[] ContainerSizes = ["SM", "LG", "MED", "JUMBO", "WRAP"];
    public static readonly string[] ContainerKinds = ["CASE", "BOX", "BAG", "JAR", "PKG", "PACK", "CAN", "DRUM"];

    public static readonly string[] Colors = (
        "almond antique aquamarine azure beige bisque black blanched blue blush brown burlywood burnished chartreuse chiffon chocolate coral cornflower "
        + "cornsilk cream cyan dark deep dim dodger drab firebrick floral forest frosted gainsboro ghost goldenrod green grey honeydew hot indian ivory khaki "
        + "lace lavender lawn lemon light lime linen magenta maroon medium metallic midnight mint misty moccasin navajo navy olive orange orchid pale papaya "
        + "peach peru pink plum powder puff purple red rose rosy royal saddle salmon sandy seashell sienna sky slate smoke snow spring steel tan thistle "
        + "tomato turquoise violet wheat white yellow").Split(' ');

    private static readonly string[] Nouns = (
        "foxes ideas theodolites pinto_beans instructions dependencies excuses platelets asymptotes courts dolphins multipliers sauternes warthogs frets dinos "
        + "attainments somas braids hockey_players frays warhorses dugouts notornis epitaphs pearls tithes waters orbits gifts sheaves depths sentiments decoys "
        + "realms pains grouches escapades requests accounts packages deposits").Replace('_', ' ').Split(' ');

    private static readonly string[] Verbs = "sleep wake are cajole haggle nag use boost affix detect integrate maintain nod was lose sublate solve thrash promise engage hinder print x-ray breach eat grow impress mold poach serve run dazzle snooze doze unwind kindle play hang believe doubt".Split(' ');
    private static readonly string[] Adjectives = "furious sly careful blithe quick fluffy slow quiet ruthless thin close dogged daring brave stealthy permanent enticing idle busy regular final ironic even bold silent special pending express unusual".Split(' ');
    private static readonly string[] Adverbs = "sometimes always never furiously slyly carefully blithely quickly fluffily slowly quietly ruthlessly thinly closely doggedly daringly bravely stealthily permanently enticingly idly busily regularly finally ironically evenly boldly silently".Split(' ');
    private static readonly string[] Prepositions = "about|above|according to|across|after|against|along|among|around|at|before|between|beyond|by|despite|during|for|from|in place of|inside|of|on|outside|past|since|through|throughout|to|toward|under|until|upon|without|with".Split('|');

    private const string AddressLetters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ, ";
    private const int PoolLength = 1 << 20;

    private readonly string _pool = Pool();
    private readonly char[] _scratch = new char[128];

    /// <summary>A comment of so many letters, cut out of a long text as the specification does.</summary>
    public ReadOnlySpan<char> Comment(ref TpchRandom random, int shortest, int longest)
        => _pool.AsSpan(random.Next(0, PoolLength - 1), random.Next(shortest, longest)).Trim(' ');

    public ReadOnlySpan<char> Address(ref TpchRandom random)
    {
        int length = random.Next(10, 40);
        for (int i = 0; i < length; i++)
        {
            bool isEdge = i == 0 || i == length - 1;
            _scratch[i] = AddressLetters[random.Next(0, AddressLetters.Length - (isEdge ? 3 : 1))];
        }

        return _scratch.AsSpan(0, length);
    }

    public static string Phone(ref TpchRandom random, int nation)
        => $"{nation + 10}-{random.Next(100, 999)}-{random.Next(100, 999)}-{random.Next(1000, 9999)}";

    /// <summary>Five different colors.</summary>
    public static string PartName(ref TpchRandom random)
    {
        Span<int> taken = stackalloc int[5];
        for (int i = 0; i < taken.Length; i++)
        {
            do
            {
                taken[i] = random.Next(0, Colors.Length - 1);
            }
            while (taken[..i].Contains(taken[i]));
        }

        return $"{Colors[taken[0]]} {Colors[taken[1]]} {Colors[taken[2]]} {Colors[taken[3]]} {Colors[taken[4]]}";
    }

    private static string Pool()
    {
        var random = new TpchRandom(1);
        var text = new System.Text.StringBuilder(PoolLength + 512);
        while (text.Length < PoolLength + 256)
        {
            if (random.Next(0, 2) == 0)
            {
                text.Append(random.Of(Adverbs)).Append(' ');
            }

            text.Append(random.Of(Adjectives)).Append(' ').Append(random.Of(Nouns)).Append(' ').Append(random.Of(Verbs));
            if (random.Next(0, 1) == 0)
            {
                text.Append(' ').Append(random.Of(Prepositions)).Append(" the ").Append(random.Of(Adjectives)).Append(' ').Append(random.Of(Nouns));
            }

            text.Append(random.Next(0, 3) == 0 ? ", " : ". ");
        }

        return text.ToString();
    }
}
