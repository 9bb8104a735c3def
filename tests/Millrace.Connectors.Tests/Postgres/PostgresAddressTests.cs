using Millrace.Connectors.Common;
using Millrace.Connectors.Postgres;
using Millrace.Sdk;

namespace Millrace.Connectors.Tests.Postgres;

public class PostgresAddressTests
{
    [Fact]
    public void A_url_gives_all_parts()
    {
        PostgresSourceOptions options = Bind("postgres://me:p%40ss@db.example.org:6543/shop%20a?stream=public.orders&sslmode=require&numeric=varchar");
        Assert.Equal("me", options.User);
        Assert.Equal("p@ss", options.Password);
        Assert.Equal("db.example.org", options.Host);
        Assert.Equal(6543, options.Port);
        Assert.Equal("shop a", options.Database);
        Assert.Equal("public.orders", options.Table);
        Assert.Equal(PostgresTls.Require, options.Sslmode);
    }

    [Theory]
    [InlineData("postgres://h/d", "h", null)]
    [InlineData("postgres://[::1]:5433/d", "::1", 5433)]
    [InlineData("postgres://a:1,b:2/d", "a:1,b:2", null)]
    public void Hosts_may_have_ports(string location, string host, int? port)
    {
        PostgresSourceOptions options = Bind(location);
        Assert.Equal(host, options.Host);
        Assert.Equal(port, options.Port);
        Assert.Equal("d", options.Database);
    }

    [Theory]
    [InlineData("postgres://me:secret@h/d?x=1", "postgres://me:***@h/d?x=1")]
    [InlineData("postgres://me:se@cret@h/d", "postgres://me:***@h/d")]
    [InlineData("postgres://me@h/d", "postgres://me@h/d")]
    [InlineData("postgres://h:5432/d@x:y", "postgres://h:5432/d@x:y")]
    public void A_password_is_not_shown(string text, string masked) => Assert.Equal(masked, ServerLocation.Masked(text));

    private static PostgresSourceOptions Bind(string location)
    {
        var faults = new OptionFaults();
        var options = OptionBinder.Bind<PostgresSourceOptions>(PostgresAddress.ToOptions(Location.Parse(location)), faults);
        faults.ThrowIfAny();
        return options;
    }
}
