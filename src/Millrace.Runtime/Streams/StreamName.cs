namespace Millrace.Runtime;

/// <summary>The parts of a stream's name: <c>public.orders</c> has two, and a part in double quotes may hold dots.</summary>
internal static class StreamName
{
    /// <summary>The parameter of a location that names streams.</summary>
    public const string Parameter = "stream";

    public static IReadOnlyList<string> Parts(string name)
    {
        var parts = new List<string>();
        int start = 0;
        bool quoted = false;
        for (int i = 0; i < name.Length; i++)
        {
            quoted ^= name[i] == '"';
            if (name[i] == '.' && !quoted)
            {
                parts.Add(name[start..i]);
                start = i + 1;
            }
        }

        parts.Add(name[start..]);
        return parts;
    }

    /// <summary>The name without what it stands in.</summary>
    public static string Last(string name) => Parts(name)[^1];

    /// <summary>What it stands in; empty for nothing.</summary>
    public static string Group(string name) => string.Join(".", Parts(name).SkipLast(1));

    /// <summary>A part as it is, without quotes.</summary>
    public static string Plain(string part)
        => part is ['"', .., '"'] ? part[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : part;
}
