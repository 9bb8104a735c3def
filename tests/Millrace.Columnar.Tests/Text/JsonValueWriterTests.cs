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

    [Fact]
    public void Strings_of_any_length_with_escapes_at_any_place_are_read_back()
    {
        var random = new Random(3);
        using var json = new ByteBuffer();
        for (int round = 0; round < 3000; round++)
        {
            char[] text = new char[random.Next(round % 100 == 0 ? 20_000 : 100)];
            bool rare = random.Next(2) == 0;
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = random.Next(rare ? 50 : 3) == 0 ? "\"\\\n\r\t\b\f\0\u001f\u007f"[random.Next(10)] : "aZ/é😀"[random.Next(4)];
            }

            json.Truncate();
            JsonString.Write(Encoding.UTF8.GetBytes(text), json);
            Assert.Equal(new string(text), JsonNode.Parse(json.Written)!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("map<boolean, integer>", """{"true":1}""")]
    [InlineData("map<double, integer>", """{"2.5":1}""")]
    [InlineData("map<date, integer>", """{"1970-01-03":1}""")]
    [InlineData("map<array<integer>, integer>", """{"[2]":1}""")]
    [InlineData("map<array<date>, integer>", """{"[\"1970-01-03\"]":1}""")]
    public void Keys_of_every_type_are_strings(string type, string expected) => LeakCheck.Run(() =>
    {
        using var builder = new ListBuilder(DataType.Parse(type), 1);
        var entries = (StructBuilder)builder.Items;
        AppendKey(entries.Fields[0]);
        ((FixedBuilder<int>)entries.Fields[1]).Append(1);
        entries.AppendRow();
        builder.AppendRow();
        using Column column = builder.Build();
        using var text = new ByteBuffer();
        JsonValueWriter.Create(column).Write(0, text);

        Assert.Equal(expected, Encoding.UTF8.GetString(text.Written));

        static void AppendKey(ColumnBuilder keys)
        {
            switch (keys)
            {
                case BooleanBuilder b: b.Append(true); break;
                case FixedBuilder<double> b: b.Append(2.5); break;
                case FixedBuilder<int> b: b.Append(2); break;
                case ListBuilder b: AppendKey(b.Items); b.AppendRow(); break;
                default: throw new ArgumentException(keys.Type.ToString());
            }
        }
    });
}
