using Chat.Server.Relay;
using Microsoft.Extensions.Options;

namespace Chat.Server.Rooms;

/// <summary>Puts this folder into the server.</summary>
public static class RoomsSetup
{
    public static void AddRooms(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Rates>();
        builder.Services.AddSingleton<ReadBudget>();
        builder.Services.AddSingleton<BacklogReads>(services => services.GetRequiredService<ReadBudget>().BacklogAsync);
        builder.Services.AddSingleton<TypingPace>();
        builder.Services.AddSingleton<RoomQuota>();
        builder.Services.AddOptions<RoomOptions>().BindConfiguration(RoomOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<RoomOptions>, RoomOptionsValidator>();
        builder.Services.AddSingleton<Consent>();
        builder.Services.AddSingleton<ChatRooms>();
        builder.Services.AddHostedService<MemberKinds>();
        builder.Services.AddHostedService<ConsentCatchUp>();
        builder.Services.AddHostedService<RoomCounts>();
    }
}
