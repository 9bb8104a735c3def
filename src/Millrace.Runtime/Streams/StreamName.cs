using System.Text;

namespace Millrace.Runtime;

/// <summary>
/// The parts of a stream's name: <c>public.orders</c> has two. A part in double quotes or backticks may hold dots: which of them a
/// source writes is its own matter, and a target reads both.
/// </summary>
internal static class StreamName
{
    /// <summary>The parameter of a location that names streams.</summary>
    public const string Parameter = "stream";

    private const char Double = '"';
    private const char Backtick = '`';

    public static IReadOnlyList<string> Parts(string name)
    {
        var parts = new List<string>();
        int start = 0;
        while (true)
        {
            int end = Math.Max(QuotedEnd(name, start), start);
            int dot = name.IndexOf('.', end);
            if (dot < 0)
            {
                parts.Add(name[start..]);
                return parts;
            }

            parts.Add(name[start..dot]);
            start = dot + 1;
        }
    }

    /// <summary>The name without what it stands in.</summary>
    public static string Last(string name) => Parts(name)[^1];

    /// <summary>What it stands in; empty for nothing.</summary>
    public static string Group(string name) => string.Join(".", Parts(name).SkipLast(1));

    /// <summary>A part as it is, without quotes.</summary>
    public static string Plain(string part)
        => QuotedEnd(part, 0) == part.Length && part.Length > 0 ? part[1..^1].Replace($"{part[0]}{part[0]}", $"{part[0]}", StringComparison.Ordinal) : part;

    /// <summary>The name of a table by a template, in which placeholders stand for parts of a name.</summary>
    /// <param name="template">A name, whose parts may hold placeholders.</param>
    /// <param name="values">The names that they stand for; a quoted part takes all parts of one in.</param>
    public static string Fill(string template, IReadOnlyList<(string Placeholder, IReadOnlyList<string> Parts)> values)
    {
        var filled = new List<string>();
        foreach (string part in Parts(template))
        {
            string rest = Plain(part);
            bool isQuoted = rest != part;
            var current = new StringBuilder();
            while (rest.Length > 0)
            {
                (string placeholder, IReadOnlyList<string> parts) = values.FirstOrDefault(v => rest.StartsWith(v.Placeholder, StringComparison.Ordinal));
                if (placeholder is null)
                {
                    current.Append(rest[0]);
                    rest = rest[1..];
                    continue;
                }

                current.Append(isQuoted ? string.Join('.', parts) : parts.FirstOrDefault());
                foreach (string next in isQuoted ? [] : parts.Skip(1))
                {
                    filled.Add(current.ToString());
                    current.Clear().Append(next);
                }

                rest = rest[placeholder.Length..];
            }

            filled.Add(current.ToString());
        }

        return string.Join('.', filled.Select(Write));
    }

    private static string Write(string plain)
        => plain.AsSpan().IndexOfAny('.', Double, Backtick) < 0 ? plain : $"{Double}{plain.Replace($"{Double}", $"{Double}{Double}", StringComparison.Ordinal)}{Double}";

    // Behind the closing quote of a part that is in quotes as a whole; -1 for another. A doubled quote is one of the name.
    private static int QuotedEnd(string name, int start)
    {
        if (start >= name.Length || name[start] is not (Double or Backtick))
        {
            return -1;
        }

        char mark = name[start];
        for (int i = start + 1; i < name.Length; i++)
        {
            if (name[i] != mark)
            {
                continue;
            }

            if (i + 1 == name.Length || name[i + 1] == '.')
            {
                return i + 1;
            }

            if (name[i + 1] != mark)
            {
                return -1;
            }

            i++;
        }

        return -1;
    }
}
