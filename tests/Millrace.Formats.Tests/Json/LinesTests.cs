using Millrace.Formats.Json;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Json;

public class LinesTests
{
    [Fact]
    public async Task Lines_become_typed_rows()
    {
        using var leaks = new LeakCheck();
        ReadResult read = await JsonFiles.ReadAsync("""
            {"id": 1, "name": "Ada", "price": 1.5, "ok": true, "day": "2024-02-29", "at": "2024-02-29T12:30:00Z"}
            {"id": 2, "price": -2e3, "name": null, "tags": ["a", "b"], "geo": {"lat": 1.25, "lon": 2.5}}

            {"name": "Bj\u00f6rn \ud83d\ude00 \"x\"", "id": 9223372036854775807}
            """);
        Assert.Equal("id bigint, name varchar, price double, ok boolean, day date, at timestamptz, tags array<varchar>, geo struct<lat double, lon double>", read.Schema.ToString());
        Assert.Empty(read.Errors);
        Assert.Equal(3, read.Rows.Count);
        Assert.Equal("""{"id":1,"name":"Ada","price":1.5,"ok":true,"day":"2024-02-29","at":"2024-02-29T12:30:00.000000Z","tags":null,"geo":null}""", read.Rows[0]);
        Assert.Equal("""{"id":2,"name":null,"price":-2000,"ok":null,"day":null,"at":null,"tags":["a","b"],"geo":{"lat":1.25,"lon":2.5}}""", read.Rows[1]);
        Assert.Equal("""{"id":9223372036854775807,"name":"Björn 😀 \"x\"","price":null,"ok":null,"day":null,"at":null,"tags":null,"geo":null}""", read.Rows[2]);
    }
}
