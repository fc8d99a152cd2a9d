using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Log.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class FlatStatements : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumnsOnline("Rooms", "\"CountedAt\" bigint NULL", "\"MemberCount\" bigint NULL");
            migrationBuilder.MakeIndexOnline("IX_Rooms_Kind_NameKey_Id", """ON "Rooms" ("Kind", "NameKey", "Id")""");
            migrationBuilder.MakeIndexOnline(
                "IX_Members_RoomId_Owner_JoinSeq",
                """ON "Members" ("RoomId", "Owner", "JoinSeq") WHERE "LeftSeq" IS NULL""");
            migrationBuilder.MakeIndexOnline(
                "IX_Members_RoomId_UserName_UserId",
                """ON "Members" ("RoomId", "UserName", "UserId") WHERE "LeftSeq" IS NULL""");
            migrationBuilder.MakeIndexOnline("IX_Members_UserId_RoomId", """ON "Members" ("UserId", "RoomId")""");
            migrationBuilder.MakeIndexOnline(
                "IX_Events_RoomChanges", """ON "Events" ("RoomId", "Seq") WHERE "Type" = 'room'""");
            // Counts unread messages without reading their bodies. EF Core's model does not have it, since on SQLite its key is an expression.
            migrationBuilder.MakeIndexOnline(
                "IX_Events_Unread",
                """
                ON "Events" ("RoomId", "Seq") INCLUDE ("SenderId") WHERE "Type" = 'message' AND "Body" IS NOT NULL
                """);
            foreach (var old in (string[])["IX_Rooms_Kind_NameKey", "IX_Members_RoomId_UserName", "IX_Members_UserId"])
                migrationBuilder.DropIndexOnline(old);
            // Members are counted when a room is written to, and by RoomCounts in the background.
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP INDEX IF EXISTS \"IX_Events_Unread\"");

            migrationBuilder.DropIndex(
                name: "IX_Rooms_Kind_NameKey_Id",
                table: "Rooms");

            migrationBuilder.DropIndex(
                name: "IX_Members_RoomId_Owner_JoinSeq",
                table: "Members");

            migrationBuilder.DropIndex(
                name: "IX_Members_RoomId_UserName_UserId",
                table: "Members");

            migrationBuilder.DropIndex(
                name: "IX_Members_UserId_RoomId",
                table: "Members");

            migrationBuilder.DropIndex(
                name: "IX_Events_RoomChanges",
                table: "Events");

            migrationBuilder.DropColumn(
                name: "CountedAt",
                table: "Rooms");

            migrationBuilder.DropColumn(
                name: "MemberCount",
                table: "Rooms");

            migrationBuilder.CreateIndex(
                name: "IX_Rooms_Kind_NameKey",
                table: "Rooms",
                columns: new[] { "Kind", "NameKey" });

            migrationBuilder.CreateIndex(
                name: "IX_Members_RoomId_UserName",
                table: "Members",
                columns: new[] { "RoomId", "UserName" },
                filter: "\"LeftSeq\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Members_UserId",
                table: "Members",
                column: "UserId");
        }
    }
}
