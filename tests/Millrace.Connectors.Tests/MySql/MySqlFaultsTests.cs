using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql;

/// <summary>What becomes of the numbers that servers give.</summary>
public class MySqlFaultsTests
{
    private static readonly MySqlServer Server = MySqlServer.Of(new MySqlSourceOptions { Host = "db", Port = 1 }, new ConnectorContext { Job = "faults" });

    [Theory]
    [InlineData(1213, "40001", "MR3308", ErrorClass.Retryable)]
    [InlineData(1205, "HY000", "MR3308", ErrorClass.Retryable)]
    [InlineData(1040, "08004", "MR3308", ErrorClass.Retryable)]
    [InlineData(1290, "HY000", "MR3308", ErrorClass.Retryable)]
    [InlineData(2006, "HY000", "MR3301", ErrorClass.Retryable)]
    [InlineData(2013, "HY000", "MR3301", ErrorClass.Retryable)]
    [InlineData(1053, "08S01", "MR3301", ErrorClass.Retryable)]
    [InlineData(1927, "70100", "MR3301", ErrorClass.Retryable)]
    [InlineData(1142, "42000", "MR3303", ErrorClass.Permanent)]
    [InlineData(1146, "42S02", "MR3304", ErrorClass.Permanent)]
    [InlineData(1064, "42000", "MR3307", ErrorClass.Permanent)]
    public void A_statement_that_fails_is_tried_again_where_that_helps(uint number, string state, string code, ErrorClass kind)
    {
        MillraceException e = MySqlFaults.OnStatement(new ServerException(number, state, "what it said."), Server, null);
        Assert.Equal((code, kind), (e.Code.Id, e.Code.Class));
        Assert.Equal(("mysql:db:1", $"db:1: what it said [{number}]."), (e.Remote, e.Message));
    }

    [Theory]
    [InlineData(1062, "23000", true)]
    [InlineData(1264, "22003", true)]
    [InlineData(1366, "22007", true)]
    [InlineData(1406, "22001", true)]
    [InlineData(1644, "45000", true)]
    [InlineData(4025, "23000", true)]
    [InlineData(1364, "HY000", true)]
    [InlineData(1213, "40001", false)]
    [InlineData(1205, "HY000", false)]
    [InlineData(2013, "HY000", false)]
    [InlineData(1114, "HY000", false)]
    public void A_row_is_at_fault_only_where_another_row_would_do(uint number, string state, bool isOfRow)
        => Assert.Equal(isOfRow, MySqlFaults.IsOfRow(new ServerException(number, state, "")));

    [Fact]
    public void Columns_that_are_gone_between_plan_and_read_are_worth_another_plan()
        => Assert.Equal("MR3332", MySqlFaults.OnPlanned(new ServerException(1054, "42S22", ""), Server, null).Code.Id);
}
