using Millrace.Sdk;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Millrace.Runtime;

/// <summary>
/// Reads YAML into option nodes that know their line and column. Aliases and merge keys (<c>&lt;&lt;</c>) are resolved;
/// duplicate keys are an error; size, depth and the number of nodes are limited.
/// </summary>
public sealed class YamlFile
{
    public const int MaxBytes = (int)TextFiles.MaxBytes;
    public const int MaxDepth = 64;
    public const int MaxNodes = 200_000;

    private readonly string _name;
    private readonly Func<string, ErrorPlace, string> _expand;
    private readonly Dictionary<string, OptionNode> _anchors = new(StringComparer.Ordinal);
    private int _nodes;
    private ErrorPlace _last;

    private YamlFile(string name, Func<string, ErrorPlace, string> expand)
    {
        _name = name;
        _expand = expand;
        _last = ErrorPlace.InFile(name);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="variables">Values of <c>${NAME}</c>.</param>
    public static OptionMap Read(string path, VariableExpander variables)
    {
        return Parse(TextFiles.Read(path, ConfigurationErrors.InvalidYaml), path, variables);
    }

    /// <summary>Reads text.</summary>
    public static OptionMap Parse(string text, string name, VariableExpander variables)
    {
        var file = new YamlFile(name, variables.Expand);
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                throw ConfigurationErrors.EmptyFile.Error("The file holds nothing.", ErrorPlace.InFile(name));
            }

            OptionNode root = file.ReadNode(parser, 0);
            parser.Consume<DocumentEnd>();
            return root switch
            {
                OptionMap map => map,
                OptionScalar { IsNull: true } => throw ConfigurationErrors.EmptyFile.Error("The file holds nothing.", ErrorPlace.InFile(name)),
                _ => throw ConfigurationErrors.InvalidYaml.Error("The file holds one value where named options are expected.", root.Place),
            };
        }
        catch (YamlException e)
        {
            throw ConfigurationErrors.InvalidYaml.Error(Sentence(e), file.PlaceOf(e.Start), inner: e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException)
        {
            // The parser lets some faults of tags and anchors through as faults of its own arguments.
            throw ConfigurationErrors.InvalidYaml.Error($"The text is not valid YAML: {e.Message.TrimEnd('.')}.", file._last, inner: e);
        }
    }

    private static string Sentence(YamlException e)
    {
        string message = e.InnerException?.Message ?? e.Message;
        int end = message.IndexOf("): ", StringComparison.Ordinal);
        message = end >= 0 && message.StartsWith('(') ? message[(end + 3)..] : message;
        return $"The text is not valid YAML: {message.TrimEnd('.')}.";
    }

    private ErrorPlace PlaceOf(Mark mark) => ErrorPlace.InFile(_name, mark.Line, (int)mark.Column);

    private OptionNode ReadNode(IParser parser, int depth)
    {
        ParsingEvent next = parser.Current ?? throw new YamlException("The document ends too early.");
        ErrorPlace place = PlaceOf(next.Start);
        _last = place;
        CountNode(place, 1);
        if (depth > MaxDepth)
        {
            throw ConfigurationErrors.TooLarge.Error($"The file nests deeper than {MaxDepth}.", place);
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            OptionNode target = _anchors.TryGetValue(alias.Value.Value, out OptionNode? anchored)
                ? anchored
                : throw ConfigurationErrors.InvalidYaml.Error($"The alias *{alias.Value.Value} names no anchor above it.", place);
            CountNode(place, SizeOf(target));
            return target;
        }

        AnchorName anchor = next is NodeEvent node ? node.Anchor : AnchorName.Empty;
        OptionNode read;
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            bool quoted = scalar.Style is not ScalarStyle.Plain;
            read = new OptionScalar(_expand(scalar.Value, place), place, quoted);
        }
        else if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<OptionNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode(parser, depth + 1));
            }

            read = new OptionList(items, place);
        }
        else
        {
            parser.Consume<MappingStart>();
            read = ReadMap(parser, place, depth);
        }

        if (!anchor.IsEmpty)
        {
            _anchors[anchor.Value] = read;
        }

        return read;
    }

    private OptionMap ReadMap(IParser parser, ErrorPlace place, int depth)
    {
        var map = new OptionMap(place);
        var merged = new List<OptionMap>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadNode(parser, depth + 1) is not OptionScalar key)
            {
                throw ConfigurationErrors.InvalidYaml.Error("A name must be plain text.", place);
            }

            OptionNode value = ReadNode(parser, depth + 1);
            if (key is { Text: "<<", Quoted: false })
            {
                merged.AddRange(value is OptionList list ? list.Items.OfType<OptionMap>() : [value as OptionMap ?? throw ConfigurationErrors.InvalidYaml.Error("A merge key takes an alias of named options.", key.Place)]);
            }
            else if (map[key.Text] is not null)
            {
                throw SdkErrors.DuplicateOption.Error($"'{key.Text}' is given twice.", key.Place);
            }
            else
            {
                map.Set(key.Text, value, key.Place);
            }
        }

        foreach (OptionEntry entry in merged.SelectMany(m => m.Entries))
        {
            if (map[entry.Name] is null)
            {
                map.Set(entry.Name, entry.Value, entry.NamePlace);
            }
        }

        return map;
    }

    private void CountNode(ErrorPlace place, int count)
    {
        _nodes += count;
        if (_nodes > MaxNodes)
        {
            throw ConfigurationErrors.TooLarge.Error($"The file holds more than {MaxNodes} values, aliases counted.", place);
        }
    }

    private static int SizeOf(OptionNode node) => node switch
    {
        OptionList list => 1 + list.Items.Sum(SizeOf),
        OptionMap map => 1 + map.Entries.Sum(e => 1 + SizeOf(e.Value)),
        _ => 1,
    };
}
