using System.Text;

namespace Millrace.Formats.Json;

/// <summary>
/// The way from the top of a document to the array of its records. It passes over other values token by token, so that
/// those may be larger than memory.
/// </summary>
internal sealed unsafe class DocumentPath
{
    private readonly string _path;
    private readonly string _file;
    private readonly byte[][] _names;
    private int _level;
    private int _depth;
    private State _state = State.Value;

    /// <param name="path">Names joined with dots, or null if the document is the array.</param>
    /// <param name="file">For messages.</param>
    public DocumentPath(string? path, string file)
    {
        _path = path ?? "";
        _file = file;
        _names = path is null ? [] : [.. path.Split('.').Select(Encoding.UTF8.GetBytes)];
    }

    private enum State
    {
        /// <summary>At the value that the path leads to so far.</summary>
        Value,

        /// <summary>Within an object of the path, before a key or its end.</summary>
        Key,

        /// <summary>Within a value beside the path.</summary>
        Beside,
    }

    /// <summary>Goes on from a token, which then is the first behind the array's bracket; false when the tokens do not suffice.</summary>
    public bool TryReach(JsonSegment segment, ref uint* token)
    {
        byte* text = segment.Text;
        while (token < segment.End)
        {
            byte c = text[*token];
            switch (_state)
            {
                case State.Value when _level == _names.Length:
                    token++;
                    return c == '[' ? true : throw NotFound("the path leads to something else");
                case State.Value:
                    _state = c == '{' ? State.Key : throw NotFound($"the value before '{Encoding.UTF8.GetString(_names[_level])}' is not an object");
                    token++;
                    break;
                case State.Key when c == ',':
                    token++;
                    break;
                case State.Key:
                    if (segment.End - token < 3 && c == '"')
                    {
                        return false;
                    }

                    ReadKey(segment, token);
                    token += 3;
                    break;
                default:
                    int used = Pass(segment, token);
                    if (used == 0)
                    {
                        return false;
                    }

                    token += used;
                    break;
            }
        }

        return false;
    }

    /// <summary>The document ends before the array.</summary>
    public MillraceException Ended() => NotFound("the file ends before it");

    private void ReadKey(JsonSegment segment, uint* token)
    {
        byte* text = segment.Text;
        if (text[*token] == '}')
        {
            throw NotFound($"there is no field '{Encoding.UTF8.GetString(_names[_level])}'");
        }

        using var scratch = new JsonScratch();
        if (text[*token] != '"' || !scratch.TryGetText(segment, token, JsonLoneSurrogates.Replace, out ReadOnlySpan<byte> name) || text[token[2]] != ':')
        {
            throw NotFound("the text before it is not valid JSON");
        }

        bool onPath = name.SequenceEqual(_names[_level]);
        _level += onPath ? 1 : 0;
        _state = onPath ? State.Value : State.Beside;
    }

    // Passes tokens of a value beside the path: a text with both its quotes, so that none is cut.
    private int Pass(JsonSegment segment, uint* token)
    {
        byte c = segment.Text[*token];
        _depth += (c | 0x20) == '{' ? 1 : (c | 0x20) == '}' ? -1 : 0;
        if (_depth < 0)
        {
            throw NotFound("the text before it is not valid JSON");
        }

        int used = c == '"' ? 2 : 1;
        bool isWord = c is not ((byte)'{' or (byte)'}' or (byte)'[' or (byte)']' or (byte)',' or (byte)':');
        if (isWord && segment.End - token <= used - (c == '"' ? 1 : 0))
        {
            return 0;
        }

        _state = _depth == 0 ? State.Key : State.Beside;
        return used;
    }

    private MillraceException NotFound(string found) => JsonErrors.RecordsNotFound(ErrorPlace.InFile(_file), _path, found);
}
