namespace Millrace.Storage;

/// <summary>What a server said, as a part of a message.</summary>
internal static class RemoteText
{
    private const int Longest = 300;

    /// <summary>One line with a full stop at its end.</summary>
    public static string Sentence(string? text)
    {
        string line = string.Join(' ', (text ?? "").Split((char[])['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
        line = line.Length > Longest ? line[..Longest] + "…" : line;
        return line.Length == 0 ? "it does not say why." : line.EndsWith('.') || line.EndsWith('…') ? line : line + ".";
    }

    /// <summary>The message of the cause behind all the others.</summary>
    public static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return e.Message;
    }
}
