using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Log.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class PresentMembers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumnsOnline("Members", "\"LeftAt\" bigint NULL");
            migrationBuilder.MakeIndexOnline(
                "IX_Members_Present", """ON "Members" ("UserId", "RoomId") WHERE "LeftSeq" IS NULL""");
            migrationBuilder.MakeIndexOnline(
                "IX_Members_UserId_LeftAt", """ON "Members" ("UserId", "LeftAt") WHERE "LeftAt" IS NOT NULL""");
            migrationBuilder.MakeIndexOnline(
                "IX_Rooms_Kind_MemberCount_NameKey_Id", """ON "Rooms" ("Kind", "MemberCount" DESC, "NameKey", "Id")""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Rooms_Kind_MemberCount_NameKey_Id",
                table: "Rooms");

            migrationBuilder.DropIndex(
                name: "IX_Members_Present",
                table: "Members");

            migrationBuilder.DropIndex(
                name: "IX_Members_UserId_LeftAt",
                table: "Members");

            migrationBuilder.DropColumn(
                name: "LeftAt",
                table: "Members");
        }
    }
}
