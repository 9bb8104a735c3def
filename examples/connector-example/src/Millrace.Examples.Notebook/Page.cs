using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Examples.Notebook;

/// <summary>
/// One page: a first line with the checkpoint and the columns, then a line for every row, a JSON array of texts. Since rows
/// and checkpoint are in one file, whoever publishes the file commits both or neither.
/// </summary>
/// <param name="Checkpoint">The checkpoint that was committed with the rows.</param>
/// <param name="Schema">Columns.</param>
/// <param name="Lines">The rows, as they stand in the file.</param>
internal sealed record Page(Checkpoint Checkpoint, Schema Schema, IReadOnlyList<string> Lines)
{
    public byte[] ToBytes()
    {
        var columns = new JsonArray([.. Schema.Fields.Select(f => new JsonObject { ["name"] = f.Name, ["type"] = f.Type.ToString() })]);
        var head = new JsonObject { ["checkpoint"] = Checkpoint.ToJson(), ["columns"] = columns };
        return Encoding.UTF8.GetBytes(string.Join('\n', [head.ToJsonString(), .. Lines]));
    }

    /// <param name="bytes">A file's content; it may be anything.</param>
    /// <param name="name">What the user calls the file.</param>
    public static Page FromBytes(byte[] bytes, string name)
    {
        try
        {
            string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
            JsonObject head = JsonNode.Parse(lines[0])!.AsObject();
            var checkpoint = Checkpoint.FromJson(head["checkpoint"]!.AsObject(), ErrorPlace.InFile(name, 1));
            IEnumerable<Field> fields = head["columns"]!.AsArray().Select(c => new Field((string)c!["name"]!, DataType.Parse((string)c["type"]!)));
            return new Page(checkpoint, new Schema(fields), lines[1..]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or ArgumentNullException)
        {
            throw NotebookErrors.Damaged(name, "does not begin with a checkpoint and columns", e);
        }
    }
}
