using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>
/// Reads the YAML of front matter as JSON: block and flow mappings and lists, plain, quoted and block scalars. Anchors,
/// aliases, tags and plain scalars over several lines are refused. One thread uses it.
/// </summary>
internal sealed class FrontMatterParser : IDisposable
{
    private const int MaxDepth = 32;

    private readonly ByteBuffer _json = new();
    private readonly List<Line> _lines = [];
    private int _next;

    /// <summary>The mapping parsed last. Dead after the next.</summary>
    public ReadOnlySpan<byte> Json => _json.Written;

    public string Fault { get; private set; } = "";

    /// <summary>Line of the fault, from 0.</summary>
    public int FaultLine { get; private set; }

    public bool TryParse(ReadOnlySpan<byte> yaml)
    {
        _json.Truncate();
        _lines.Clear();
        _next = 0;
        Fault = "";
        for (int at = 0; at < yaml.Length;)
        {
            int start = at;
            ReadOnlySpan<byte> line = KvLine.Read(yaml, at, out at);
            int indent = line.IndexOfAnyExcept((byte)' ');
            _lines.Add(new Line(start + Math.Max(indent, 0), line.Length - Math.Max(indent, 0), indent < 0 || KvLine.IsBlank(line) || line[indent] == '#' ? -1 : indent));
        }

        if (!SkipBlank())
        {
            _json.Write("{}"u8);
            return true;
        }

        if (Content(yaml, _next) is [(byte)'{', ..])
        {
            return FlowLine(yaml) && AtEnd();
        }

        return (Content(yaml, _next) is not [(byte)'-', ..] || IsListItem(Content(yaml, _next)) == 0 || Fail("The front matter is a list, expected a mapping.")) && Node(yaml, 0) && AtEnd();
    }

    public void Dispose() => _json.Dispose();

    private bool AtEnd() => !SkipBlank() || Fail("The indentation of the line fits nothing above it.");

    private bool FlowLine(ReadOnlySpan<byte> yaml)
    {
        ReadOnlySpan<byte> line = Content(yaml, _next);
        if (!Flow(line))
        {
            return false;
        }

        _next++;
        return true;
    }

    private bool Node(ReadOnlySpan<byte> yaml, int depth)
    {
        if (depth > MaxDepth)
        {
            return Fail($"The front matter is nested deeper than {MaxDepth} levels.");
        }

        return IsListItem(Content(yaml, _next)) > 0 ? List(yaml, depth) : Mapping(yaml, depth);
    }

    private bool Mapping(ReadOnlySpan<byte> yaml, int depth)
    {
        int indent = _lines[_next].Indent;
        var names = new HashSet<string>(StringComparer.Ordinal);
        _json.Write((byte)'{');
        while (SkipBlank() && _lines[_next].Indent == indent && IsListItem(Content(yaml, _next)) == 0)
        {
            ReadOnlySpan<byte> line = Content(yaml, _next);
            if (!YamlScalar.TryKey(line, out string? name, out int length))
            {
                return Fail($"Found '{Shown(line)}', expected a name and a colon.");
            }

            if (!names.Add(name))
            {
                return Fail($"The name '{name}' stands there twice.");
            }

            if (names.Count > 1)
            {
                _json.Write((byte)',');
            }

            _json.Write(JsonString.Quote(name));
            _json.Write((byte)':');
            if (!Value(yaml, YamlScalar.WithoutComment(line[length..]), indent, depth, listsMayStandHere: true))
            {
                return false;
            }
        }

        _json.Write((byte)'}');
        return true;
    }

    private bool List(ReadOnlySpan<byte> yaml, int depth)
    {
        int indent = _lines[_next].Indent;
        bool any = false;
        _json.Write((byte)'[');
        while (SkipBlank() && _lines[_next].Indent == indent && IsListItem(Content(yaml, _next)) is > 0 and var dash)
        {
            if (any)
            {
                _json.Write((byte)',');
            }

            any = true;
            ReadOnlySpan<byte> rest = YamlScalar.WithoutComment(Content(yaml, _next)[dash..]);
            if (IsListItem(rest) > 0 || (rest.Length > 0 && rest[0] is not ((byte)'{' or (byte)'[') && YamlScalar.TryKey(rest, out _, out _)))
            {
                // What follows the dash is a node of its own, indented by the dash.
                Line line = _lines[_next];
                int skipped = Content(yaml, _next).Length - Content(yaml, _next)[dash..].TrimStart((byte)' ').Length;
                _lines[_next] = new Line(line.Start + skipped, line.Length - skipped, line.Indent + skipped);
                if (!Node(yaml, depth + 1))
                {
                    return false;
                }
            }
            else if (!Value(yaml, rest, indent, depth, listsMayStandHere: false))
            {
                return false;
            }
        }

        _json.Write((byte)']');
        return true;
    }

    // What follows a colon or a dash; the line is the current one.
    private bool Value(ReadOnlySpan<byte> yaml, ReadOnlySpan<byte> text, int indent, int depth, bool listsMayStandHere)
    {
        if (text.Length == 0)
        {
            _next++;
            bool nested = SkipBlank() && (_lines[_next].Indent > indent || (listsMayStandHere && _lines[_next].Indent == indent && IsListItem(Content(yaml, _next)) > 0));
            if (!nested)
            {
                _json.Write("null"u8);
                return true;
            }

            return Node(yaml, depth + 1);
        }

        if (text[0] is (byte)'|' or (byte)'>')
        {
            return BlockText(yaml, text, indent);
        }

        if (!Flow(text))
        {
            return false;
        }

        _next++;
        return !SkipBlank() || _lines[_next].Indent <= indent || Fail("A value goes on in the next line; put it in one, or write | before it.");
    }

    private bool Flow(ReadOnlySpan<byte> text)
    {
        var flow = new YamlFlow(_json);
        return flow.TryWrite(text, out string fault) || Fail(fault);
    }

    private bool BlockText(ReadOnlySpan<byte> yaml, ReadOnlySpan<byte> header, int indent)
    {
        bool folds = header[0] == '>';
        byte chomp = header.Length > 1 ? header[1] : (byte)' ';
        if (header.Length > 2 || chomp is not ((byte)' ' or (byte)'-' or (byte)'+'))
        {
            return Fail($"Found '{Shown(header)}', expected | or > and at most a sign.");
        }

        _next++;
        var text = new StringBuilder();
        int inner = -1;
        int ends = 0;
        for (; _next < _lines.Count; _next++)
        {
            ReadOnlySpan<byte> line = Whole(yaml, _next);
            if (KvLine.IsBlank(line))
            {
                ends++;
                continue;
            }

            int found = line.IndexOfAnyExcept((byte)' ');
            if (inner < 0 ? found <= indent : found < inner)
            {
                break;
            }

            inner = inner < 0 ? found : inner;
            if (text.Length > 0)
            {
                text.Append(folds ? ends == 0 ? " " : new string('\n', ends) : new string('\n', ends + 1));
            }

            ends = 0;
            text.Append(Encoding.UTF8.GetString(line[inner..]));
        }

        text.Append(text.Length == 0 ? "" : chomp switch
        {
            (byte)'-' => "",
            (byte)'+' => new string('\n', ends + 1),
            _ => "\n",
        });
        _json.Write(JsonString.Quote(text.ToString()));
        return true;
    }

    private bool SkipBlank()
    {
        while (_next < _lines.Count && _lines[_next].Indent < 0)
        {
            _next++;
        }

        return _next < _lines.Count;
    }

    private bool Fail(string fault)
    {
        Fault = fault;
        FaultLine = Math.Min(_next, _lines.Count - 1);
        return false;
    }

    private ReadOnlySpan<byte> Content(ReadOnlySpan<byte> yaml, int line) => yaml.Slice(_lines[line].Start, _lines[line].Length).TrimEnd(" \t"u8);

    private ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> yaml, int line)
    {
        int before = yaml[.._lines[line].Start].LastIndexOf((byte)'\n') + 1;
        return yaml[before..(_lines[line].Start + _lines[line].Length)];
    }

    // Bytes up to what follows the dash of an item of a list.
    private static int IsListItem(ReadOnlySpan<byte> line) => line is [(byte)'-'] ? 1 : line is [(byte)'-', (byte)' ' or (byte)'\t', ..] ? 2 : 0;

    private static string Shown(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)]);

    /// <param name="Start">Where the content begins.</param>
    /// <param name="Length">Bytes of the content.</param>
    /// <param name="Indent">Blanks before it; -1 for a line without content.</param>
    private readonly record struct Line(int Start, int Length, int Indent);
}
