using Chat.Server.Cluster;

namespace Chat.Tests.Cluster;

/// <summary>Where a node is reached, when nobody has said it.</summary>
public sealed class OwnAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5000", "http://127.0.0.1:5000/")]
    [InlineData("http://localhost:5000", "http://localhost:5000/")]
    [InlineData("https://10.0.0.3:5001,http://10.0.0.3:5000", "http://10.0.0.3:5000/")]
    [InlineData("http://10.0.0.3:80,https://10.0.0.3:443", "https://10.0.0.3/", true)]
    [InlineData("http://unix:/run/chat.sock", null)]
    public void It_is_the_address_that_the_server_listens_on(string listening, string? expected, bool tls = false) =>
        Assert.Equal(expected, OwnAddress.Find(listening.Split(','), tls)?.ToString());

    [Theory]
    [InlineData("http://[::]:8080")]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://*:8080")]
    public void An_address_that_stands_for_all_becomes_the_machines_own(string listening)
    {
        var own = OwnAddress.Find([listening], tls: false)!;

        Assert.Equal(8080, own.Port);
        Assert.True(System.Net.IPAddress.TryParse(own.Host, out var address) && !address.Equals(System.Net.IPAddress.Any));
    }
}
