using System.Collections.Frozen;
using System.Text;

namespace Millrace.Sql.Parsing;

/// <summary>The words of the language: finding them in text, and which of them no name may be.</summary>
internal static class Keywords
{
    private const int LongestWord = 17;

    private static readonly string[] Texts = [.. Enum.GetNames<Keyword>().Select(Spell)];

    private static readonly FrozenDictionary<string, Keyword>.AlternateLookup<ReadOnlySpan<char>> Lookup
        = Enum.GetValues<Keyword>().Where(k => k != Keyword.None).ToFrozenDictionary(Text, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly bool[] Reserved = MarkReserved(
        Keyword.All, Keyword.And, Keyword.Any, Keyword.Array, Keyword.As, Keyword.Asc, Keyword.Between, Keyword.Case, Keyword.Cross, Keyword.Desc,
        Keyword.Distinct, Keyword.Else, Keyword.End, Keyword.Except, Keyword.False, Keyword.Fetch, Keyword.For, Keyword.From, Keyword.Full, Keyword.Group,
        Keyword.Having, Keyword.Ilike, Keyword.In, Keyword.Inner, Keyword.Intersect, Keyword.Into, Keyword.Is, Keyword.Join, Keyword.Lateral, Keyword.Left,
        Keyword.Like, Keyword.Limit, Keyword.Natural, Keyword.Not, Keyword.Null, Keyword.Offset, Keyword.On, Keyword.Or, Keyword.Order, Keyword.Outer,
        Keyword.Qualify, Keyword.Right, Keyword.Select, Keyword.Some, Keyword.Symmetric, Keyword.Table, Keyword.Then, Keyword.True, Keyword.Union, Keyword.Using, Keyword.When,
        Keyword.Where, Keyword.Window, Keyword.With);

    /// <summary>All words of the language, for suggestions.</summary>
    public static IEnumerable<string> All => Texts.Skip(1);

    /// <summary>The word as it is written: <c>SYSTEM_TIME</c>.</summary>
    public static string Text(Keyword keyword) => Texts[(int)keyword];

    public static Keyword Find(ReadOnlySpan<char> word)
        => word.Length <= LongestWord && Lookup.TryGetValue(word, out Keyword keyword) ? keyword : Keyword.None;

    /// <summary>Whether a name has to stand in quotes to be spelled like the word.</summary>
    public static bool IsReserved(Keyword keyword) => Reserved[(int)keyword];

    private static bool[] MarkReserved(params ReadOnlySpan<Keyword> keywords)
    {
        var marks = new bool[Texts.Length];
        foreach (Keyword keyword in keywords)
        {
            marks[(int)keyword] = true;
        }

        return marks;
    }

    private static string Spell(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            text.Append(char.IsUpper(c) && text.Length > 0 ? "_" : "").Append(char.ToUpperInvariant(c));
        }

        return text.ToString();
    }
}
