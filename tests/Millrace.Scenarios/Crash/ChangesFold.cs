using System.Globalization;
using System.Text.Json.Nodes;

namespace Millrace.Scenarios.Crash;

/// <summary>What rows of changes of a table <c>(id, v, long)</c> add up to.</summary>
internal static class ChangesFold
{
    // The last version of each row; a value that was not sent is that of the version before, under the old key if it went.
    public static IEnumerable<string> Of(IEnumerable<JsonNode> rows)
    {
        var table = new SortedDictionary<int, (int V, string Long)>();
        (int V, string Long) gone = (0, "-");
        bool moves = false;
        foreach (JsonNode row in rows.OrderBy(r => (string)r["_position"]!, StringComparer.Ordinal))
        {
            string op = (string)row["_op"]!;
            bool isKept = row["_unchanged"] is JsonArray { Count: > 0 };
            if (op == "T")
            {
                table.Clear();
                continue;
            }

            int id = (int)row["id"]!;
            if (op == "D")
            {
                gone = table[id];
                moves = isKept;
                table.Remove(id);
                continue;
            }

            Assert.True(op == "U" || !table.ContainsKey(id), $"The row {id} was inserted twice.");
            string text = isKept ? (moves ? gone.Long : table[id].Long) : (string?)row["long"] ?? "-";
            table[id] = ((int)row["v"]!, text);
            moves = false;
        }

        return table.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key} {r.Value.V} {r.Value.Long}"));
    }
}
