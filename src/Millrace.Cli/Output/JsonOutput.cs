using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Millrace.Cli;

/// <summary>Prints JSON documents, one per line.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    public static void Write(JsonNode node, bool indented = false) => Write(Console.Out, node, indented);

    public static void Write(TextWriter printer, JsonNode node, bool indented = false) => printer.WriteLine(node.ToJsonString(indented ? Indented : Compact));

    /// <summary>The document if JSON is wanted, else the text.</summary>
    public static void WriteOr(bool json, JsonNode node, string text) => WriteOr(Console.Out, json, node, text);

    public static void WriteOr(TextWriter printer, bool json, JsonNode node, string text)
    {
        if (json)
        {
            Write(printer, node);
        }
        else
        {
            printer.WriteLine(text);
        }
    }
}
