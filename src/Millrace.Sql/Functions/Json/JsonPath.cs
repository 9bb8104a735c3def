using System.Globalization;
using System.Text;

namespace Millrace.Sql.Functions;

internal enum JsonStepKind
{
    Member,

    /// <summary>An element by number; negative numbers count from the end.</summary>
    Element,

    /// <summary><c>.*</c></summary>
    AnyMember,

    /// <summary><c>[*]</c></summary>
    AnyElement,
}

/// <param name="Kind">What it looks for.</param>
/// <param name="Name">Name of a member, UTF-8.</param>
/// <param name="Index">Number of an element.</param>
internal readonly record struct JsonStep(JsonStepKind Kind, byte[] Name, long Index)
{
    public static JsonStep Member(string name) => new(JsonStepKind.Member, Encoding.UTF8.GetBytes(name), 0);

    public static JsonStep Element(long index) => new(JsonStepKind.Element, [], index);
}

/// <summary>
/// A way into JSON: <c>$.a.b[0]."other name"['third'][-1].*[*]</c>. A name without <c>$</c> is that of a member of the
/// outermost object.
/// </summary>
internal sealed class JsonPath
{
    private const int MaxLength = 4000;
    private const int MaxSteps = 200;

    private JsonPath(JsonStep[] steps)
    {
        Steps = steps;
        IsSingle = Array.TrueForAll(steps, s => s.Kind is JsonStepKind.Member or JsonStepKind.Element);
    }

    public JsonStep[] Steps { get; }

    /// <summary>Whether it leads to one value at most.</summary>
    public bool IsSingle { get; }

    public static JsonPath Of(params JsonStep[] steps) => new(steps);

    /// <summary>Whether a text that could be a name is meant as a path.</summary>
    public static bool LooksLikePath(ReadOnlySpan<byte> text)
        => text.Length > 0 && text[0] == '$' && (text.Length == 1 || text[1] is (byte)'.' or (byte)'[');

    /// <summary>Throws <see cref="FormatException"/> with a sentence for the user.</summary>
    public static JsonPath Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new FormatException($"it has {text.Length} characters; it can have {MaxLength}.");
        }

        string rest = text.StartsWith("lax ", StringComparison.OrdinalIgnoreCase) ? text[4..].Trim() : text;
        if (!LooksLikePath(Encoding.UTF8.GetBytes(rest)))
        {
            return Of(JsonStep.Member(rest));
        }

        var steps = new List<JsonStep>();
        for (int at = 1; at < rest.Length;)
        {
            if (steps.Count == MaxSteps)
            {
                throw new FormatException($"it has more than {MaxSteps} steps.");
            }

            steps.Add(rest[at] switch
            {
                '.' => Dot(rest, ref at),
                '[' => Bracket(rest, ref at),
                char c => throw new FormatException($"'{c}' stands where a . or [ was expected."),
            });
        }

        return new JsonPath([.. steps]);
    }

    private static JsonStep Dot(string text, ref int at)
    {
        at++;
        if (at < text.Length && text[at] == '*')
        {
            at++;
            return new JsonStep(JsonStepKind.AnyMember, [], 0);
        }

        if (at < text.Length && text[at] == '"')
        {
            return JsonStep.Member(Quoted(text, ref at));
        }

        int start = at;
        while (at < text.Length && text[at] is not ('.' or '[' or ' '))
        {
            at++;
        }

        return at > start ? JsonStep.Member(text[start..at]) : throw new FormatException("a name was expected behind a dot.");
    }

    private static JsonStep Bracket(string text, ref int at)
    {
        at++;
        JsonStep step;
        if (at < text.Length && text[at] == '*')
        {
            at++;
            step = new JsonStep(JsonStepKind.AnyElement, [], 0);
        }
        else if (at < text.Length && text[at] is '\'' or '"')
        {
            step = JsonStep.Member(Quoted(text, ref at));
        }
        else
        {
            int end = text.IndexOf(']', at);
            string inside = end < 0 ? "" : text[at..end].Trim();
            at = end;
            step = JsonStep.Element(inside == "last" ? -1
                : int.TryParse(inside, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index) ? index
                : throw new FormatException("a number, *, or a name in quotes was expected in brackets."));
        }

        if (at >= text.Length || text[at] != ']')
        {
            throw new FormatException("a ] is missing.");
        }

        at++;
        return step;
    }

    private static string Quoted(string text, ref int at)
    {
        char quote = text[at++];
        var name = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            at += text[at] == '\\' && at + 1 < text.Length ? 1 : 0;
            name.Append(text[at++]);
        }

        return at++ < text.Length ? name.ToString() : throw new FormatException("a quote is missing.");
    }
}

/// <summary>The path that the rows of a call name; parsed again only when it changes.</summary>
internal sealed class JsonPathName
{
    private byte[]? _text;
    private JsonPath? _path;
    private string? _problem;

    public JsonPath? Find(ReadOnlySpan<byte> text, int row, Execution.RowFaults faults)
    {
        if (_text is null || !text.SequenceEqual(_text))
        {
            _text = text.ToArray();
            (_path, _problem) = (null, null);
            try
            {
                _path = JsonPath.Parse(Encoding.UTF8.GetString(text));
            }
            catch (FormatException e)
            {
                _problem = $"The path {FunctionErrors.Show(text)} is not valid: {e.Message}";
            }
        }

        if (_problem is not null)
        {
            faults.Add(row, FunctionErrors.JsonPathCode, _problem);
        }

        return _path;
    }
}
