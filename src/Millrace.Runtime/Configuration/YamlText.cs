using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Writes option nodes as YAML that reads back the same: groups in blocks, texts plain where they can be.</summary>
public static partial class YamlText
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of a file.</summary>
    public static string Write(OptionMap root)
    {
        var text = new StringBuilder();
        WriteMap(root, text, 0, isFirstInline: false);
        return text.ToString();
    }

    /// <summary>A value as it stands behind a name.</summary>
    public static string Scalar(string text) => Scalar(text, isText: true);

    private static void WriteMap(OptionMap map, StringBuilder text, int indent, bool isFirstInline)
    {
        foreach (OptionEntry entry in map.Entries)
        {
            text.Append(isFirstInline ? "" : new string(' ', indent)).Append(Scalar(entry.Name, isText: true)).Append(':');
            isFirstInline = false;
            WriteValue(entry.Value, text, indent);
        }
    }

    private static void WriteValue(OptionNode value, StringBuilder text, int indent)
    {
        switch (value)
        {
            case OptionScalar scalar:
                text.Append(' ').Append(Scalar(scalar)).Append('\n');
                break;
            case OptionMap { Entries.Count: 0 }:
                text.Append(" {}\n");
                break;
            case OptionMap map:
                text.Append('\n');
                WriteMap(map, text, indent + 2, isFirstInline: false);
                break;
            case OptionList list when list.Items.All(i => i is OptionScalar):
                text.Append(" [").AppendJoin(", ", list.Items.Select(i => Scalar((OptionScalar)i))).Append("]\n");
                break;
            case OptionList list:
                text.Append('\n');
                WriteList(list, text, indent + 2);
                break;
        }
    }

    private static void WriteList(OptionList list, StringBuilder text, int indent)
    {
        foreach (OptionNode item in list.Items)
        {
            text.Append(CultureInfo.InvariantCulture, $"{new string(' ', indent)}-");
            if (item is OptionMap { Entries.Count: > 0 } map)
            {
                text.Append(' ');
                WriteMap(map, text, indent + 2, isFirstInline: true);
            }
            else if (item is OptionList { Items.Count: > 0 } inner && !inner.Items.All(i => i is OptionScalar))
            {
                text.Append('\n');
                WriteList(inner, text, indent + 2);
            }
            else
            {
                WriteValue(item, text, indent);
            }
        }
    }

    private static string Scalar(OptionScalar scalar) => scalar.IsNull ? "null" : Scalar(scalar.Text, scalar.Quoted);

    // Values are expanded when they are read, so a dollar that could begin a variable is doubled.
    private static string Scalar(string text, bool isText)
    {
        text = text.Replace("$$", "$$$$", StringComparison.Ordinal).Replace("${", "$${", StringComparison.Ordinal);
        bool isPlain = PlainText().IsMatch(text) && !text.EndsWith(' ') && !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal) && !text.EndsWith(':');
        bool isOther = Words().IsMatch(text) || Numbers().IsMatch(text);
        return isPlain && !(isText && isOther) ? text : !isText && isOther ? text : JsonSerializer.Serialize(text, Readable);
    }

    [GeneratedRegex(@"^[\p{L}_/.][\p{L}\p{N}_ ./:()<>+@=;!?'%^&*~-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainText();

    // What would be read as something else than text.
    [GeneratedRegex(@"^(true|false|yes|no|on|off|null|~|\.nan|[-+]?\.inf)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Words();

    [GeneratedRegex(@"^[-+]?[0-9.][0-9_.:eE+TZ -]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
