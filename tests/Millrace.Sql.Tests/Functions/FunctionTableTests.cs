using Millrace.Sql.Functions;

namespace Millrace.Sql.Tests.Functions;

public sealed class FunctionTableTests
{
    [Fact]
    public void Names_are_found_in_any_case()
    {
        var table = new FunctionTable([new ScalarFunction("abs", FunctionCategory.Math, "Size.", []) { Aliases = ["size"] }]);
        Assert.Equal("abs", table.Find("ABS")?.Name);
        Assert.Equal("abs", table.Find("Size")?.Name);
        Assert.Null(table.Find("absolute"));
    }
}
