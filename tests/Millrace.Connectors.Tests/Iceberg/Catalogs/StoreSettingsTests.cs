using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Which of the credentials that a catalog tells are for the store of a table.</summary>
public sealed class StoreSettingsTests
{
    private const string Location = "abfss://lake@shop.dfs.core.windows.net/orders";

    [Theory]
    [InlineData("adls.sas-token.shop.dfs.core.windows.net", true)]
    [InlineData("adls.sas-token.shop", true)]
    [InlineData("adls.sas-token", true)]
    [InlineData("adls.sas-token.shop2", false)]
    [InlineData("adls.sas-token.another.dfs.core.windows.net", false)]
    public void A_signature_is_for_the_account_that_it_names_or_for_all(string name, bool isOurs)
        => Assert.Equal(isOurs ? "sv=1" : null, StoreSettings.Credentials(new Dictionary<string, string> { [name] = "?sv=1" }, Location)?.SasToken);

    [Fact]
    public async Task Signatures_for_other_accounts_alone_are_told_and_never_used()
    {
        var settings = new Dictionary<string, string> { ["adls.sas-token.zoo"] = "sv=s3cret", ["adls.sas-token.another.dfs.core.windows.net"] = "sv=s3cret" };
        var lent = new VendedCredentials(_ => ValueTask.FromResult<IReadOnlyDictionary<string, string>>(settings), "raw.orders", Location, TimeProvider.System);
        Assert.True(lent.Take(settings));
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () => await lent.GetAsync(TestContext.Current.CancellationToken));
        Assert.Equal("MR3469", e.Code.Id);
        Assert.Contains($"for another.dfs.core.windows.net, zoo, and none for the account of the table 'raw.orders', which lies at '{Location}'", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", e.Describe(), StringComparison.Ordinal);

        settings["adls.sas-token.shop"] = "sv=2";
        Assert.Equal("sv=2", (await lent.GetAsync(TestContext.Current.CancellationToken)).SasToken);
    }
}
