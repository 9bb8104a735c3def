using System.Text;

namespace Millrace.Runtime;

/// <summary>
/// Which streams of a source a job moves: names and patterns separated by commas, <c>*</c> for any characters and <c>?</c> for
/// one; a dash before one leaves out what it names. What stands in double quotes is taken as it is. A part without a dot means a
/// stream by the last part of its name too.
/// </summary>
public sealed class StreamSelection
{
    private readonly IReadOnlyList<StreamPattern> _parts;

    private StreamSelection(string text, IReadOnlyList<StreamPattern> parts)
    {
        Text = text;
        _parts = parts;
    }

    /// <summary>As the user wrote it.</summary>
    public string Text { get; }

    /// <summary>The selection that a text stands for; null for the name of one stream.</summary>
    public static StreamSelection? Of(string? text)
    {
        if (text is null)
        {
            return null;
        }

        List<StreamPattern> parts = [.. Split(text).Select(StreamPattern.Parse)];
        return parts is [{ IsName: true, LeavesOut: false }] or [] ? null : new StreamSelection(text, parts);
    }

    /// <summary>The selection of a list, which may have one name only.</summary>
    public static StreamSelection? Of(IReadOnlyList<string> parts)
        => parts.Count == 0 ? null : new StreamSelection(string.Join(",", parts), [.. parts.Select(StreamPattern.Parse)]);

    public bool Has(string stream)
        => (!_parts.Any(p => !p.LeavesOut) || _parts.Any(p => !p.LeavesOut && p.Matches(stream))) && !_parts.Any(p => p.LeavesOut && p.Matches(stream));

    /// <summary>Fails when a name or pattern fits no stream: it is mistaken, or what it meant is gone.</summary>
    public void RequireAll(IReadOnlyList<string> streams, ErrorPlace place)
    {
        if (_parts.FirstOrDefault(p => !p.LeavesOut && !streams.Any(p.Matches)) is { } missing)
        {
            throw GroupErrors.NoStream.Error(
                $"No stream of the source fits '{missing.Text}'{NearestName.Suggest(missing.Text, streams)}; it has {streams.Count}.", place);
        }

        if (!streams.Any(Has))
        {
            throw GroupErrors.NoStream.Error($"'{Text}' leaves none of the source's {streams.Count} streams.", place);
        }
    }

    private static IEnumerable<string> Split(string text)
    {
        var part = new StringBuilder();
        bool quoted = false;
        foreach (char c in text)
        {
            quoted ^= c == '"';
            if (c == ',' && !quoted)
            {
                yield return part.ToString().Trim();
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        if (part.Length > 0)
        {
            yield return part.ToString().Trim();
        }
    }
}
