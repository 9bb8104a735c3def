namespace Millrace.Connectors.Tests.Databases;

/// <summary>What a source says of itself when it has one table and when it has all.</summary>
public abstract class DiscoveryTests(Dialect dialect) : DatabaseTests(dialect)
{
    [Fact]
    public async Task A_source_of_one_table_lists_that_alone()
    {
        Sql("CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int)");
        await using ISource source = Open("a");

        StreamDescription stream = Assert.Single(await source.DiscoverAsync(default).ToListAsync(TestContext.Current.CancellationToken));

        Assert.EndsWith(".a", stream.Name, StringComparison.Ordinal);
        Assert.Equal(["id"], stream.Key);
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_named_with_the_nearest_that_is()
    {
        Sql("CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE b (id int)");
        await using ISource source = Open("order");

        MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () => await source.DiscoverAsync(default).ToListAsync(TestContext.Current.CancellationToken));

        Assert.Equal($"{Dialect.Errors}04", e.Code.Id);
        Assert.Contains(".orders", e.Message, StringComparison.Ordinal);
    }
}

[Trait("speed", "slow")]
public sealed class PostgresDiscoveryTests() : DiscoveryTests(Dialect.Postgres);

[Trait("speed", "slow")]
public sealed class MySqlDiscoveryTests() : DiscoveryTests(Dialect.MySql);
