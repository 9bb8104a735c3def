using Millrace.TestKit;

namespace Millrace.Formats.Tests.Avro;

public class AvroReadTests
{
    private const string FlatSchema = """
        {"type": "record", "name": "flat", "fields": [
          {"name": "b", "type": "boolean"},
          {"name": "i", "type": "int"},
          {"name": "l", "type": "long"},
          {"name": "f", "type": "float"},
          {"name": "d", "type": "double"},
          {"name": "s", "type": "string"},
          {"name": "y", "type": "bytes"},
          {"name": "x", "type": {"type": "fixed", "name": "three", "size": 3}},
          {"name": "e", "type": {"type": "enum", "name": "suit", "symbols": ["HEARTS", "SPADES"]}},
          {"name": "n", "type": "null"},
          {"name": "on", "type": ["null", "int"]},
          {"name": "os", "type": ["string", "null"]}
        ]}
        """;

    private static readonly string[] FlatRows =
    [
        """{"b": true, "i": -1, "l": 1234567890123, "f": 0.5, "d": -1e300, "s": "héllo", "y": "\u0000\u00ff", "x": "abc", "e": "SPADES", "n": null, "on": {"int": 7}, "os": null}""",
        """{"b": false, "i": 2147483647, "l": -64, "f": -2, "d": 0, "s": "", "y": "", "x": "\u0001\u0002\u0003", "e": "HEARTS", "n": null, "on": null, "os": {"string": "x"}}""",
    ];

    [Theory]
    [InlineData("null")]
    [InlineData("deflate")]
    public async Task Flat_rows_of_another_implementation_are_read(string codec)
    {
        using var leaks = new LeakCheck();
        byte[] file = AvroFiles.FromOracle(FlatSchema, FlatRows, codec);
        Assert.Equal(
            [
                """{"b":true,"i":-1,"l":1234567890123,"f":0.5,"d":-1E+300,"s":"héllo","y":"\\x00ff","x":"\\x616263","e":"SPADES","n":null,"on":7,"os":null}""",
                """{"b":false,"i":2147483647,"l":-64,"f":-2,"d":0,"s":"","y":"\\x","x":"\\x010203","e":"HEARTS","n":null,"on":null,"os":"x"}""",
            ],
            await AvroFiles.RowsAsync(file));
    }

    [Fact]
    public async Task Columns_are_read_in_the_order_in_which_they_are_wanted()
    {
        using var leaks = new LeakCheck();
        byte[] file = AvroFiles.FromOracle(FlatSchema, FlatRows);
        Assert.Equal(["""{"os":null,"i":-1}""", """{"os":"x","i":2147483647}"""], await AvroFiles.RowsAsync(file, columns: ["os", "i"]));
    }
}
