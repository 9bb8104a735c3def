using System.Text;
using System.Text.Json.Nodes;

namespace Millrace.Columnar.Tests.Text;

public sealed class JsonValueWriterTests
{
    // Fractions of seconds and intervals have several right forms; the casts' round trip through text covers them.
    private static readonly TypeId[] Types = [.. Enum.GetValues<TypeId>().Except([TypeId.Time, TypeId.Timestamp, TypeId.Interval])];

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Values_of_every_type_are_the_json_that_another_formatter_writes(int seed, bool sliced) => LeakCheck.Run(() =>
    {
        var random = new RandomBatches(seed, new RandomOptions { Types = Types, Sliced = sliced });
        for (int round = 0; round < 150; round++)
        {
            using Column column = random.Column(random.Type(), 20);
            using var text = new ByteBuffer();
            JsonValueWriter writer = JsonValueWriter.Create(column);
            for (int row = 0; row < column.Length; row++)
            {
                text.Truncate();
                writer.Write(row, text);

                string json = Encoding.UTF8.GetString(text.Written);
                string expected = ColumnText.Json(column, row);
                Assert.True(
                    JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(json)),
                    $"{column.Type}: expected {expected}, found {json}.");
            }
        }
    });

    [Fact]
    public void Strings_escape_only_what_they_must()
    {
        using var text = new ByteBuffer();
        JsonString.Write("a\"b\\c\n\u0001é😀/"u8, text);

        Assert.Equal("\"a\\\"b\\\\c\\n\\u0001é😀/\"", Encoding.UTF8.GetString(text.Written));
    }
}
